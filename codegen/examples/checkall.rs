fn main() {
    for d in std::env::args().skip(1) {
        match alicloud_codegen::check::load(std::path::Path::new(&d)) {
            Ok(c) => println!(
                "ok {} products {} ops",
                c.products.len(),
                c.products.iter().map(|p| p.operations.len()).sum::<usize>()
            ),
            Err(e) => {
                println!("{} findings", e.len());
                print!(
                    "{}",
                    alicloud_codegen::diagnostic::render(
                        &e[..e.len().min(12)],
                        alicloud_codegen::diagnostic::Colour::Never
                    )
                );
            }
        }
    }
}
