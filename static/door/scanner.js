// The scanner's page: the parts put together. Codes come in from the camera, a picture, a hand-held scanner, the keyboard
// or a name; what becomes of them is in scanning.js, what keeps the phone and the server alike in sync.js.

import { isInDetails, prepareDetails } from "./bar-details.js";
import { prepareBar } from "./bar.js";
import { camera, prepareCamera, sayReady } from "./camera-view.js";
import { prepareDayNumber, refreshDayNumber } from "./day-number.js";
import { chosenDirection, prepareDirection, refreshDirection } from "./direction.js";
import { isFinding, prepareFinder } from "./finder.js";
import { isChoosing } from "./household.js";
import { install } from "./installing.js";
import { endPairing, hasLapsed } from "./lapsing.js";
import { prepareLateAnswers } from "./late-answers.js";
import { chosenCheckpoint, preparePlaces } from "./places.js";
import { read } from "./reading.js";
import { Repeats } from "./repeats.js";
import { checkpointOf } from "./roster.js";
import { isBusy, prepareScanning, takePerson, takeText } from "./scanning.js";
import { prepareSound } from "./signals.js";
import { chosenSkill, prepareSkills, refreshSkills } from "./skills.js";
import { isElsewhere, startPhone } from "./starting.js";
import { prepareTyping } from "./typing.js";
import { isUndoing, prepareUndo } from "./undo.js";
import { isWaiting, rehearse, showVerdict } from "./verdict-screen.js";
import { isWritingDown, prepareWalkIns, takeCard } from "./walk-in.js";
import { prepareZoom, refreshZoom } from "./zoom.js";

const MOMENT = 50;

const repeats = new Repeats();
let running = false;
/** What was typed, one after the other. */
let typed = Promise.resolve();

/** Something stands on the screen that a code in front of the camera is not meant for. */
function isOccupied() {
  return isBusy() || isWaiting() || isChoosing() || isFinding() || isUndoing() || isInDetails() || isStopped();
}

function isStopped() {
  return !running || hasLapsed() || isElsewhere();
}

/** The chosen checkpoint as the server tells it. */
function facts() {
  return checkpointOf(chosenCheckpoint());
}

/** @param {string} found the text of a QR code in front of the camera */
function takeFromCamera(found) {
  const { key, kind } = read(found);
  if (repeats.isRepeat(key, performance.now()) || isOccupied() || (isWritingDown() && kind !== "card")) return;
  repeats.note(key, performance.now());
  void takeText(found).then(() => repeats.note(key, performance.now()));
}

/**
 * Typed, or read from a picture. A hand-held scanner may be faster than the phone, which has just been switched on or
 * waits for an answer: each code waits for its turn, and none is dropped.
 * @param {string} given
 */
function takeByHand(given) {
  typed = typed.then(() => takeInTurn(given)).catch(() => undefined);
}

/** @param {string} given */
async function takeInTurn(given) {
  while ((!running && !isElsewhere()) || isBusy()) await new Promise((resolve) => setTimeout(resolve, MOMENT));
  if (isStopped()) return;
  repeats.note(read(given).key, performance.now());
  await takeText(given);
}

prepareScanning({
  checkpoint: chosenCheckpoint,
  direction: chosenDirection,
  skill: chosenSkill,
  takeCard,
  ready: sayReady,
});
prepareLateAnswers();
prepareCamera({ seen: takeFromCamera, inPicture: takeByHand, started: refreshZoom });
preparePlaces(() => {
  refreshDirection();
  refreshSkills();
  refreshDayNumber();
});
prepareTyping(takeByHand);
prepareFinder(chosenCheckpoint, (attendee) => void takePerson(attendee));
prepareUndo();
prepareDirection(facts);
prepareSkills(facts);
prepareDayNumber(facts);
prepareZoom(camera);
prepareWalkIns({ checkpoint: chosenCheckpoint, facts, showVerdict });
prepareBar();

const starting = startPhone((reason) => void endPairing(reason));
prepareSound();
rehearse();
const { staying } = await starting;
running = true;
prepareDetails(staying);
await install();
