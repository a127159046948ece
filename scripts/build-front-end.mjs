// Builds everything the browser gets that is not written by us: the four stylesheets, compiled from
// static/styles/, and copies of the packages in use. All of it goes to static/vendor/, which is never committed.
//
//   npm run build            what `make run`, `make test` and `make lint` call when a source has changed
//
// The addresses that pages, modules and the PDF engine may rely on:
//   static/vendor/{public,manage,door,print}.css
//   static/vendor/zxing-wasm/reader/index.js, and zxing_reader.wasm beside it (ES module, no bare imports)
//   static/vendor/idb/index.js                                               (ES module, no imports)
//   static/vendor/noble-ed25519/index.js                                     (ES module, no imports)
//   static/vendor/qrcode-generator/qrcode.js                                 (ES module, no imports)
//   static/vendor/fonts/be-vietnam-pro-{latin,vietnamese}-{400,600,700}-normal.woff2   for the browser
//   static/vendor/fonts/BeVietnamPro_{400Regular,400Regular_Italic,600SemiBold,700Bold}.ttf   for PDF:
//       WeasyPrint prints wrong Vietnamese letters with fonts split by unicode-range.
//   static/vendor/fonts/EBGaramond_600SemiBold.ttf                            the serif of names on certificates

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NodePackageImporter, compile } from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = join(root, "node_modules");
const styles = join(root, "static", "styles");
const finished = join(root, "static", "vendor");
// Built beside it and swapped at the end: pages that are open meanwhile never miss a file.
const vendor = join(root, "static", `vendor-${process.pid}`);

/** Copies a file or folder of an npm package. `accept` says which files of a folder are wanted. */
function copy(from, to, accept = () => true) {
  const target = join(vendor, to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(packages, from), target, { recursive: true, filter: accept });
}

function copyDecoder() {
  // The types come along for `tsc --checkJs`; the writer and the combined build stay behind.
  const unwanted = /[\\/](full|writer)([\\/]|$)/;
  copy("zxing-wasm/dist/es", "zxing-wasm", (file) => !unwanted.test(file));
  copy("zxing-wasm/dist/reader/zxing_reader.wasm", "zxing-wasm/reader/zxing_reader.wasm");
}

function copyDatabase() {
  copy("idb/build", "idb", (file) => !/(\.cjs|umd\.js)$/.test(file));
}

function copySignatures() {
  copy("@noble/ed25519", "noble-ed25519", (file) => !/(index\.ts|\.md)$/.test(file));
}

function copyQrWriter() {
  copy("qrcode-generator/dist/qrcode.mjs", "qrcode-generator/qrcode.js");
  // Its types declare a global and a package name; we import by address.
  const types = readFileSync(join(packages, "qrcode-generator/dist/qrcode.d.ts"), "utf8");
  const ours = types.replace(/declare module[^}]*}/, "export default qrcode;");
  writeFileSync(join(vendor, "qrcode-generator/qrcode.d.ts"), ours);
}

function copyFonts() {
  for (const script of ["latin", "vietnamese"]) {
    for (const weight of [400, 600, 700]) {
      const name = `be-vietnam-pro-${script}-${weight}-normal.woff2`;
      copy(`@fontsource/be-vietnam-pro/files/${name}`, `fonts/${name}`);
    }
  }
  for (const cut of ["400Regular", "400Regular_Italic", "600SemiBold", "700Bold"]) {
    const name = `BeVietnamPro_${cut}.ttf`;
    copy(`@expo-google-fonts/be-vietnam-pro/${cut}/${name}`, `fonts/${name}`);
  }
  const serif = "EBGaramond_600SemiBold.ttf";
  copy(`@expo-google-fonts/eb-garamond/600SemiBold/${serif}`, `fonts/${serif}`);
}

/** Compiles one stylesheet; says so when its source is not there. */
function compileStyles(face) {
  const source = join(styles, `${face}.scss`);
  if (!existsSync(source)) {
    console.warn(`front end: MISSING static/styles/${face}.scss, so there is no ${face}.css`);
    return;
  }
  const { css } = compile(source, {
    style: "compressed",
    loadPaths: [packages],
    importers: [new NodePackageImporter(root)],
    // Bootstrap 5.3 is written for an older Sass; its own deprecations are not ours to mend.
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  writeFileSync(join(vendor, `${face}.css`), css);
  console.log(`front end: ${face}.css, ${Math.round(css.length / 1024)} kB`);
}

mkdirSync(vendor, { recursive: true });
copyDecoder();
copyDatabase();
copySignatures();
copyQrWriter();
copyFonts();
for (const face of ["public", "manage", "door", "print"]) compileStyles(face);
rmSync(finished, { recursive: true, force: true });
renameSync(vendor, finished);
console.log("front end: built static/vendor/");
