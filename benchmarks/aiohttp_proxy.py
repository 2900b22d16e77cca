"""A reverse proxy as one writes it with aiohttp: `aiohttp_proxy.py PORT UPSTREAM UPSTREAM`."""

from __future__ import annotations

import random
import sys
import time
import uuid

from aiohttp import ClientSession, TCPConnector, web

CHUNK = 1 << 16
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "content-length"}


async def handle(request: web.Request) -> web.StreamResponse:
    begun = time.monotonic()
    upstream = random.choice(request.app["upstreams"])
    kept = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
    request_id = str(uuid.uuid4())
    ours = {
        "X-Request-Id": request_id,
        "X-Forwarded-For": request.remote or "",
        "X-Forwarded-Proto": request.scheme,
        "X-Forwarded-Port": sys.argv[1],
        "X-Request-Start": str(int(time.time() * 1000)),
        "Via": "1.1 heroku-router",
    }
    url = f"http://127.0.0.1:{upstream}{request.path_qs}"
    body = request.content if request.can_read_body else None
    session = request.app["session"]
    async with session.request(request.method, url, headers={**kept, **ours}, data=body) as got:
        answer = web.StreamResponse(status=got.status, headers={"Via": "1.1 heroku-router"})
        answer.content_length = got.content_length
        await answer.prepare(request)
        size = 0
        async for data in got.content.iter_chunked(CHUNK):
            size += len(data)
            await answer.write(data)
        await answer.write_eof()
    print(
        f'at=info method={request.method} path="{request.path_qs}" host={request.host} '
        f'request_id={request_id} fwd="{request.remote}" dyno={upstream} '
        f"service={(time.monotonic() - begun) * 1000:.0f}ms status={got.status} bytes={size}"
    )
    return answer


async def application() -> web.Application:
    app = web.Application()
    app["upstreams"] = sys.argv[2:]
    app["session"] = ClientSession(connector=TCPConnector(limit=0), auto_decompress=False)
    app.router.add_route("*", "/{path:.*}", handle)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
