"""What downloads keep about a person. Videos stay when their person leaves: others watch them too."""

from __future__ import annotations

from downloads.models import DownloadEntry, YoutubeDownload
from medianest.lib.personal_data import export

export(YoutubeDownload, "downloads", "user")
export(DownloadEntry, "download-entries", "download__user")
