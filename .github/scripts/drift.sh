#!/usr/bin/env bash
# drift.sh FOLDER: what the vendor's metadata says that the specs do not, for each product in api-spec/.
#
# Where something differs, writes FOLDER/report.md and FOLDER/specs.patch (what an import would change);
# where nothing does, no file. Fails where something could not be compared: silence would look like agreement.
# The specs are left as they are. XTASK and METADATA_URL stand for the command and the service in tests.
set -euo pipefail

folder=$1
read -ra xtask <<<"${XTASK:-cargo xtask}"
options=()
if [ -n "${METADATA_URL:-}" ]; then
    options+=(--base-url "$METADATA_URL")
fi

# The patch would contain what is not committed.
if ! git diff --quiet -- api-spec || [ -n "$(git ls-files --others --exclude-standard -- api-spec)" ]; then
    echo "error: api-spec/ has changes that are not committed" >&2
    exit 2
fi
restore() {
    git reset --quiet -- api-spec
    git checkout --quiet -- api-spec
    git clean --quiet --force -d -- api-spec
}
trap restore EXIT

rm -rf "$folder"
mkdir -p "$folder"
for file in api-spec/*/product.json; do
    name=$(basename "$(dirname "$file")")
    value() { sed -n "s/^  \"$1\": \"\\(.*\\)\",\\{0,1\\}\$/\\1/p" "$file" | head -n 1; }
    source=(--product "$(value product)" --version "$(value version)" --folder "$name" ${options[@]+"${options[@]}"})
    status=0
    "${xtask[@]}" drift "${source[@]}" --format markdown >"$folder/$name.md" || status=$?
    case $status in
    0) rm "$folder/$name.md" ;;
    1)
        cat "$folder/$name.md" >>"$folder/report.md"
        printf '\n' >>"$folder/report.md"
        rm "$folder/$name.md"
        "${xtask[@]}" import "${source[@]}" >/dev/null
        ;;
    *) exit "$status" ;;
    esac
done
if [ -e "$folder/report.md" ]; then
    # New files are in the patch, too.
    git add --intent-to-add -- api-spec
    git diff --binary -- api-spec >"$folder/specs.patch"
    echo "differences: $folder/report.md"
else
    rmdir "$folder"
    echo "no differences"
fi
