// The camera: opened once and kept open between scans, because opening it takes a second that nobody in the queue has.

/** @typedef {"denied" | "missing" | "insecure"} CameraProblem */

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  #lit = false;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** Whether somebody is being asked for the camera at this moment. */
    this.opening = false;
  }

  /**
   * Opens that camera, or the one at the back. Gives what is in the way, or null.
   * @param {string} [deviceId]
   * @returns {Promise<CameraProblem | null>}
   */
  async open(deviceId) {
    if (!navigator.mediaDevices?.getUserMedia) return "insecure";
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    const wanted = { ...which, width: { ideal: 1280 }, height: { ideal: 720 } };
    this.close();
    this.opening = true;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch (problem) {
      return problem instanceof DOMException && problem.name === "NotAllowedError" ? "denied" : "missing";
    } finally {
      this.opening = false;
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
    return null;
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
   * The phone's cameras, once one was allowed.
   * @returns {Promise<MediaDeviceInfo[]>}
   */
  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter((device) => device.kind === "videoinput");
  }

  /**
   * Opens the next camera of the phone; gives its name.
   * @returns {Promise<string | null>}
   */
  async next() {
    const cameras = await this.list();
    const current = cameras.findIndex((camera) => camera.deviceId === this.#track?.getSettings().deviceId);
    const chosen = cameras[(current + 1) % cameras.length];
    if (!chosen || (await this.open(chosen.deviceId))) return null;
    return chosen.label;
  }
}
