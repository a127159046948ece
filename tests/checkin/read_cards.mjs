// Reads texts with the scanner's modules, as JSON: {cards: [text], people: [{typed, ages}], communes: [[ward, commune]]}.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const door = resolve(process.argv[2]);
const load = (name) => import(pathToFileURL(`${door}/${name}`).href);
const { readCitizenCard, isSameCommune } = await load("citizen-card.js");
const { readPerson } = await load("walk-in-fields.js");
let input = "";
for await (const chunk of process.stdin) input += chunk;
const { cards = [], people = [], communes = [] } = JSON.parse(input);
console.log(
  JSON.stringify({
    cards: cards.map((text) => readCitizenCard(text, 2026)),
    people: people.map(({ typed, ages }) => readPerson(typed, ages)),
    communes: communes.map(([ward, commune]) => isSameCommune(ward, commune)),
  }),
);
