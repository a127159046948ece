"""A camera made of a file: Chromium shows a still picture as if it stood in front of the phone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any


def video_of(picture: Path, video: Path, size: str = "640x480") -> Path:
    """A video (y4m, two seconds, repeated by Chromium) of `picture` lying on a grey table; gives `video`."""
    width, height = size.split("x")
    fit = f"scale=w={width}*0.7:h={height}*0.7:force_original_aspect_ratio=decrease:flags=neighbor"
    table = f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:color=0x888888,format=yuv420p"
    command = ["ffmpeg", "-y", "-loglevel", "error", "-loop", "1", "-framerate", "10", "-i", str(picture)]
    subprocess.run([*command, "-t", "2", "-vf", f"{fit},{table}", str(video)], check=True)
    return video


def launch_options(video: Path | None = None) -> dict[str, Any]:
    """What Playwright's `chromium.launch` needs for a browser whose camera shows `video`."""
    arguments = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    if video is not None:
        arguments.append(f"--use-file-for-fake-video-capture={video}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return {"args": arguments, **({"executable_path": path} if path else {})}


PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "locale": "vi-VN"}
"""The size of a cheap phone, for `browser.new_context`."""
