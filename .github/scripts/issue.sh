#!/usr/bin/env bash
# issue.sh FOLDER: keeps one open issue in line with what drift.sh wrote into FOLDER.
#
# Opens it where there is a report and no issue, updates it where there are both, closes it where there is no
# report any more. Needs gh, signed in; PATCH_URL is where the folder can be downloaded.
set -euo pipefail

folder=$1
label=metadata-drift
title="The vendor's metadata has moved on"
# The body of an issue holds 65,536 characters; bytes are at least as many.
longest=60000

issue=$(gh issue list --label "$label" --state open --limit 1 --json number --jq '.[0].number // empty')

if [ ! -e "$folder/report.md" ]; then
    if [ -n "$issue" ]; then
        gh issue close "$issue" --comment "The specs and the metadata agree again."
    else
        echo "nothing differs, and no issue is open"
    fi
    exit 0
fi

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
    echo "What \`cargo xtask drift\` reports. To take it over:"
    echo
    echo "1. Download [the patch](${PATCH_URL:-}) and apply it: \`git apply specs.patch\`."
    echo "2. Describe what is new in words, run \`cargo xtask codegen\`, and review the differences."
    echo "3. \`cargo xtask release-notes\` says what it means for users."
    echo
    if [ "$(wc -c <"$folder/report.md")" -gt "$longest" ]; then
        # Whole lines only.
        head -c "$longest" "$folder/report.md" | sed '$d'
        echo
        echo "*The rest is in \`report.md\` beside the patch.*"
    else
        cat "$folder/report.md"
    fi
} >"$body"

if [ -n "$issue" ]; then
    gh issue edit "$issue" --title "$title" --body-file "$body"
else
    gh label create "$label" --description "The specs differ from the vendor's metadata" --color C5DEF5 --force
    gh issue create --label "$label" --title "$title" --body-file "$body"
fi
