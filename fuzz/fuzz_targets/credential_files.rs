#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    alicloud_fuzz::credential_files(bytes);
});
