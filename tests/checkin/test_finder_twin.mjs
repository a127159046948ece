// Searches the people of the vectors as the phone does without a network; prints what it finds for each search.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { isEnough, lookAmong, readTyped } = await import(pathToFileURL(process.argv[2]).href);
const { people, searches } = JSON.parse(readFileSync(process.argv[3], "utf8"));
const digits = Number(process.argv[4]);
const list = people.map((person, place) => ({
  attendee: place + 1,
  key: person.key,
  name: person.name,
  birthYear: person.birth_year,
  phoneTail: person.phone.slice(-digits),
  cancelled: person.cancelled ?? false,
}));
const found = searches.map(({ typed }) => {
  const wanted = readTyped(typed);
  if (!isEnough(wanted)) return { outcome: "too_little", found: [], more: false };
  const result = lookAmong(list, wanted);
  return { outcome: "found", found: result.people.map(({ key }) => key), more: result.more };
});
console.log(JSON.stringify(found));
