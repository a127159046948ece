// Reads the texts on standard input (a JSON list) with the scanner's modules; prints what they mean, as JSON.
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const door = resolve(process.argv[2]);
const { decodeTicketCode } = await import(pathToFileURL(`${door}/ticket-code.js`).href);
const { read } = await import(pathToFileURL(`${door}/reading.js`).href);
let input = "";
for await (const chunk of process.stdin) input += chunk;
const answers = JSON.parse(input).map((text) => {
  const code = decodeTicketCode(text);
  const hex = (bytes) => Buffer.from(bytes).toString("hex");
  return {
    code: code && { ...code, signed: hex(code.signed), signature: hex(code.signature) },
    kind: read(text).kind,
  };
});
console.log(JSON.stringify(answers));
