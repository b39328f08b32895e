"""Uploads one file with tuspy: python upload.py ENDPOINT TOKEN ID FILE SHAPE

`whole` sends one body, `pieces` several, `checked` gives each piece's SHA-1 along. What the library's own retries do
not get over (a cut while it asks where it stands) is taken up anew from the address it had.
"""

import sys

import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

SHAPES = {"whole": {}, "pieces": {"chunk_size": 100_000}, "checked": {"chunk_size": 40_000, "upload_checksum": True}}
MOST_TRIES = 200


def main(endpoint: str, token: str, name: str, path: str, shape: str) -> None:
    client = TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
    url = None
    for _ in range(MOST_TRIES):
        uploader = None
        try:
            uploader = client.uploader(
                path, url=url, metadata={"kind": "clip", "id": name}, retries=20, retry_delay=0, **SHAPES[shape]
            )
            uploader.upload()
            print(uploader.url)
            return
        except (TusCommunicationError, requests.exceptions.RequestException) as error:
            if getattr(error, "status_code", None) in (400, 401, 403, 404, 413, 415):
                raise
            url = uploader.url if uploader and uploader.url else url
    raise SystemExit(f"not uploaded after {MOST_TRIES} tries")


main(*sys.argv[1:])
