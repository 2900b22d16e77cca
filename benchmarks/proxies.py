"""Reverse proxies before the same two upstreams: nginx, haproxy, one made of aiohttp, and ours.

Each is one worker, keeps its connections, adds the headers of Heroku's router to every request and
logs every request.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from benchmarks import process
from benchmarks.supervised import Failed
from emulator.router import wire
from emulator.router.table import State, Table, WebDyno

WITHIN = 10.0
HIGH = 64
PASS = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes the router, with its descriptors where it expects them."""

MEGABYTE = 1 << 20

NGINX = """
daemon off; pid {folder}/{name}.pid; error_log {folder}/{name}.err; worker_processes 1; {user}
events {{ worker_connections 4096; }}
http {{
  keepalive_requests 1000000000; keepalive_timeout 300s; {paths}
  {content}
}}
"""
UPSTREAM = """
  access_log off; default_type text/plain;
  server {{
    listen 127.0.0.1:{first} backlog=1024; listen 127.0.0.1:{second} backlog=1024;
    location = / {{ return 200 "Hello World\\n"; }}
    location /megabyte {{ root {folder}; }}
  }}
"""
PROXY = """
  log_format router 'at=info method=$request_method path="$request_uri" host=$host '
    'request_id=$request_id fwd="$proxy_add_x_forwarded_for" dyno=$upstream_addr '
    'connect=$upstream_connect_time service=$upstream_response_time status=$status '
    'bytes=$bytes_sent protocol=http1.1 tls=false';
  access_log {folder}/access.log router buffer=64k;
  upstream dynos {{
    random; server 127.0.0.1:{first}; server 127.0.0.1:{second};
    keepalive 300; keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://dynos; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Request-Start $msec;
      proxy_set_header Via "1.1 heroku-router"; add_header Via "1.1 heroku-router";
    }}
  }}
"""
HAPROXY = """
global
  nbthread 1
  maxconn 4096
  log {folder}/log.sock local0
defaults
  mode http
  log global
  option httplog
  option forwardfor
  timeout client 300s
  timeout server 300s
  timeout connect 5s
  http-reuse always
frontend router
  bind 127.0.0.1:{port} backlog 1024
  unique-id-format %{{+X}}o%ci%cp%Ts%rt%pid
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port {port}
  http-request set-header X-Request-Start %[date()]
  http-request set-header Via "1.1 heroku-router"
  http-response set-header Via "1.1 heroku-router"
  default_backend dynos
backend dynos
  balance random
  server one 127.0.0.1:{first}
  server two 127.0.0.1:{second}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def _nginx(folder: Path, name: str, content: str, **values: object) -> list[str]:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{name}-{kind};" for kind in kinds)
    user = "user root;" if os.getuid() == 0 else ""
    content = content.format(folder=folder, **values)
    text = NGINX.format(folder=folder, name=name, paths=paths, user=user, content=content)
    (folder / f"{name}.conf").write_text(text)
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        raise Failed("nginx serves as the upstream, and is not on this machine")
    return [program, "-e", f"{folder}/{name}.err", "-c", f"{folder}/{name}.conf"]


class Proxied:
    """An upstream at two ports, and one proxy before it, within a `with`."""

    def __init__(self, peer: str, dynos: list[int] | None = None) -> None:
        self.peer = peer
        self.dynos = dynos
        """Ports of other upstreams, for ours."""
        self.folder = Path(tempfile.mkdtemp(prefix="hk-local-proxies-"))
        self.port, self.first, self.second = (free_port() for _ in range(3))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.link: socket.socket | None = None

    def __enter__(self) -> Self:
        (self.folder / "megabyte").write_bytes(os.urandom(MEGABYTE))
        ports = {"first": self.first, "second": self.second, "port": self.port}
        try:
            self._run(_nginx(self.folder, "upstream", UPSTREAM, **ports), 0)
            self._await(self.first)
            self._start(ports)
            self._await(self.port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self, ports: dict[str, int]) -> None:
        if self.peer == "hk-local":
            self._start_router()
        elif self.peer == "nginx":
            self._run(_nginx(self.folder, "proxy", PROXY, **ports), 1)
        elif self.peer == "haproxy":
            self._collect_log()
            config = self.folder / "haproxy.cfg"
            config.write_text(HAPROXY.format(folder=self.folder, **ports))
            path = f"{os.environ['PATH']}:/usr/sbin"
            self._run([shutil.which("haproxy", path=path) or "haproxy", "-f", str(config)], 1)
        else:
            script = str(Path(__file__).with_name("aiohttp_proxy.py"))
            arguments = [str(port) for port in (self.port, self.first, self.second)]
            self._run([sys.executable, script, *arguments], 1)

    def _run(self, command: list[str], core: int, **options: object) -> None:
        """On a core of its own where there are two: the proxy's is shared with nobody."""
        errors = (self.folder / "errors").open("ab")
        started = subprocess.Popen(command, stderr=errors, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload] # what options there are depends on the caller
        errors.close()
        self.processes.append(started)
        os.sched_setaffinity(started.pid, {core % (os.cpu_count() or 1)})

    def _start_router(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=1024)
        self.link, theirs = socket.socketpair()
        fds = [fcntl.fcntl(one, fcntl.F_DUPFD, HIGH) for one in (theirs, listener)]
        self._run([sys.executable, "-c", PASS, *map(str, fds), *wire.command()], 1, pass_fds=fds)
        for fd in fds:
            os.close(fd)
        theirs.close()
        listener.close()
        dynos = [
            WebDyno(f"web.{n}", f"launch-{n}", port, State.UP)
            for n, port in enumerate(self.dynos or (self.first, self.second), 1)
        ]
        table = Table(app="bench", quantity=len(dynos), dynos=tuple(dynos))
        start = wire.Start((wire.Listener(self.port),))
        self.link.sendall(wire.start_frame(start) + wire.table_frame(table))
        threading.Thread(target=self._read_lines, args=(self.link,), daemon=True).start()

    def _read_lines(self, link: socket.socket) -> None:
        with (self.folder / "access.log").open("wb") as log:
            while data := link.recv(1 << 18):
                log.write(data)

    def _collect_log(self) -> None:
        """haproxy logs to a syslog socket and waits for nobody."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sock.bind(str(self.folder / "log.sock"))

        def collect() -> None:
            with (self.folder / "access.log").open("wb") as log:
                while True:
                    log.write(sock.recv(1 << 16))

        threading.Thread(target=collect, daemon=True).start()

    def _await(self, port: int) -> None:
        deadline = time.monotonic() + WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                    text = (self.folder / "errors").read_text()[-300:].strip()
                    raise Failed(f"{self.peer} does not listen: {text}") from None
                time.sleep(0.02)

    def cpu_seconds(self) -> float:
        """What the proxy has used."""
        proxy = self.processes[-1].pid
        children = Path(f"/proc/{proxy}/task/{proxy}/children").read_text().split()
        return process.cpu_seconds([proxy, *map(int, children)])

    def __exit__(self, *_error: object) -> None:
        if self.link:
            self.link.shutdown(socket.SHUT_RDWR)
        for one in self.processes:
            one.terminate()
            one.wait()
        shutil.rmtree(self.folder)
