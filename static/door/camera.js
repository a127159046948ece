// The camera: opened once and kept open between scans, because opening it takes a second that nobody in the queue has.

/**
 * @typedef {"denied" | "missing" | "insecure"} CameraProblem
 * @typedef {{min: number, max: number, step: number, now: number}} ZoomRange
 */

const CHOSEN = "festival.door.camera";

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  #lit = false;
  /** As it was set last: a call takes the camera away, and the code is as small as before. */
  #zoom = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** Whether somebody is being asked for the camera at this moment. */
    this.opening = false;
    /** @type {"environment" | "user"} the side that is opened where no camera was chosen */
    this.facing = "environment";
  }

  /**
   * Opens that camera, or the one chosen last on this phone, or the one at the back. Gives what is in the way, or null.
   * @param {string} [deviceId]
   * @returns {Promise<CameraProblem | null>}
   */
  async open(deviceId) {
    if (!navigator.mediaDevices?.getUserMedia) return "insecure";
    const remembered = deviceId ?? rememberedCamera();
    this.close();
    this.opening = true;
    try {
      this.#stream = await this.#ask(remembered);
    } catch (problem) {
      return problem instanceof DOMException && problem.name === "NotAllowedError" ? "denied" : "missing";
    } finally {
      this.opening = false;
    }
    this.video.srcObject = this.#stream;
    await this.video.play().catch(() => undefined); // begun anew meanwhile: another call has opened it
    if (this.#zoom) await this.zoomTo(this.#zoom);
    return null;
  }

  /**
   * A camera that was chosen once may be gone or in use: then any other is better than none.
   * @param {string | null} deviceId
   */
  async #ask(deviceId) {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const back = { video: { facingMode: { ideal: this.facing }, ...size }, audio: false };
    if (!deviceId) return navigator.mediaDevices.getUserMedia(back);
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { deviceId: { exact: deviceId }, ...size }, audio: false });
    } catch (problem) {
      if (problem instanceof DOMException && problem.name === "NotAllowedError") throw problem;
      return navigator.mediaDevices.getUserMedia(back);
    }
  }

  close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#lit = false;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  /** Whether pictures come; a phone takes the camera away for a call, and a track that ended needs opening again. */
  get live() {
    return this.#track?.readyState === "live";
  }

  get hasTorch() {
    const able = /** @type {{torch?: boolean} | undefined} */ (this.#track?.getCapabilities?.());
    return Boolean(able?.torch);
  }

  get isLit() {
    return this.#lit;
  }

  /** Switches the light; gives whether it is on. */
  async toggleTorch() {
    const wanted = /** @type {MediaTrackConstraints} */ (/** @type {unknown} */ ({ advanced: [{ torch: !this.#lit }] }));
    try {
      await this.#track?.applyConstraints(wanted);
      this.#lit = !this.#lit;
    } catch {
      this.#lit = false;
    }
    return this.#lit;
  }

  /**
   * What this camera can do to come nearer, null for nothing.
   * @returns {ZoomRange | null}
   */
  get zoomRange() {
    const able = /** @type {{zoom?: {min: number, max: number, step?: number}} | undefined} */ (
      this.#track?.getCapabilities?.()
    );
    if (!able?.zoom || !(able.zoom.max > able.zoom.min)) return null;
    const { min, max } = able.zoom;
    const now = /** @type {{zoom?: number} | undefined} */ (this.#track?.getSettings())?.zoom ?? min;
    return { min, max, step: able.zoom.step || (max - min) / 100, now };
  }

  /**
   * Comes nearer, as far as the camera can; gives where it is now.
   * @param {number} wanted
   */
  async zoomTo(wanted) {
    const range = this.zoomRange;
    if (!range) return 0;
    const zoom = Math.min(range.max, Math.max(range.min, wanted));
    try {
      const constraints = /** @type {MediaTrackConstraints} */ (/** @type {unknown} */ ({ advanced: [{ zoom }] }));
      await this.#track?.applyConstraints(constraints);
      this.#zoom = zoom;
      return zoom;
    } catch {
      return range.now;
    }
  }

  /**
   * The phone's cameras, once one was allowed.
   * @returns {Promise<MediaDeviceInfo[]>}
   */
  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter((device) => device.kind === "videoinput");
  }

  /**
   * Opens the next camera of the phone, and from now on that one; gives its name.
   * @returns {Promise<string | null>}
   */
  async next() {
    const cameras = await this.list();
    const current = cameras.findIndex((camera) => camera.deviceId === this.#track?.getSettings().deviceId);
    const chosen = cameras[(current + 1) % cameras.length];
    this.#zoom = 0;
    if (!chosen || (await this.open(chosen.deviceId))) return null;
    rememberCamera(chosen.deviceId);
    return chosen.label;
  }
}

// Only the browser's own random name of a camera is kept, nothing about anybody. Storage may be forbidden.

function rememberedCamera() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

/** @param {string} deviceId */
function rememberCamera(deviceId) {
  try {
    localStorage.setItem(CHOSEN, deviceId);
  } catch {
    // Then the camera at the back it is, the next time.
  }
}
