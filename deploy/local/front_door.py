"""Caddy's configuration: one address for everything, by path.

A service that is away answers 503 with Retry-After, to programs as problem+json and to people as a small page; the others
are not touched by it. Metrics are for the machine's own eyes: from outside they do not exist. Head and body of a request have to
arrive in time, and a service hears of it when all of it is there.
"""

import json
import subprocess
from collections import defaultdict
from pathlib import Path

from deploy.local import vendor
from deploy.local.ports import HOST
from deploy.local.topology import EVERYTHING_ELSE, Plan, Program

AWAY_PAGE = Path(__file__).with_name("away.html")
WEB_STATIC = Path(__file__).parents[2] / "web" / "static"
RETRY_AFTER = 2
AWAY = {
    "type": "about:blank",
    "title": "Service away",
    "status": 503,
    "code": "service-away",
    "detail": "Phần này đang tạm nghỉ, xin thử lại sau ít giây. / This part is away for a moment; please try again shortly.",
    "vi": "Phần này đang tạm nghỉ, xin thử lại sau ít giây.",
    "en": "This part is away for a moment; please try again shortly.",
    "errors": [],
}

CADDYFILE = """\
{{
	admin unix/{admin}
	auto_https off
	persist_config off
	storage file_system {storage}
	log {{
		level WARN
	}}
	servers {{
		timeouts {{
			read_header 10s
			read_body 30s
			idle 2m
		}}
		max_header_size 32KB
	}}
}}

http://:{port} {{
	bind {host}
	encode zstd gzip
	request_body {{
		max_size 4MB
	}}
	header {{
		X-Content-Type-Options nosniff
		X-Frame-Options DENY
		Referrer-Policy same-origin
		-Server
		-Via
	}}

	@metrics path_regexp /metrics/?$
	route {{
		error @metrics 404
{static}{routes}
	}}

	handle_errors {{
		@away expression {{err.status_code}} in [502, 503, 504]
		handle @away {{
			header Retry-After {retry_after}
			header Cache-Control no-store
			@programs path /api/*
			handle @programs {{
				header Content-Type application/problem+json
				respond {away} 503
			}}
			handle {{
				root * {pages}
				rewrite * /{page}
				file_server {{
					status 503
				}}
			}}
		}}
	}}
}}
"""
STATIC = """
		handle_path {path}* {{
			root * {folder}
			@versioned query v=*
			@unversioned not query v=*
			header @unversioned Cache-Control "public, max-age=3600"
			header @versioned Cache-Control "public, max-age=31536000, immutable"
			file_server
		}}
"""
# Which of several processes is asked is left to chance: one that has just crashed has the fewest connections.
ROUTE = """
		@{name} path {paths}
		handle @{name} {{
			reverse_proxy {upstreams} {{
				request_buffers 4MB
				lb_policy random
				lb_try_duration 1s
				lb_try_interval 50ms
				fail_duration 1s
				transport http {{
					dial_timeout 1s
					response_header_timeout 60s
				}}
			}}
		}}
"""


def caddyfile(plan: Plan) -> str:
    served: dict[str, list[Program]] = defaultdict(list)
    for program in plan.programs():
        if program.socket:
            served[program.part.name].append(program)
    ordered = sorted(served, key=lambda name: EVERYTHING_ELSE in served[name][0].part.paths)
    return CADDYFILE.format(
        admin=plan.caddy_admin,
        storage=_quoted(plan.site.files / "caddy"),
        port=plan.state.port,
        host=HOST,
        static=_static("/static/vendor/", vendor.static_folder()) + _static("/static/", WEB_STATIC),
        routes="".join(_route(name, served[name]) for name in ordered),
        retry_after=RETRY_AFTER,
        away=f"`{json.dumps(AWAY, ensure_ascii=False)}`",
        pages=_quoted(AWAY_PAGE.parent),
        page=AWAY_PAGE.name,
    )


def write(plan: Plan) -> None:
    plan.caddyfile.write_text(caddyfile(plan))


def reload(plan: Plan) -> None:
    """Let a running Caddy take the new configuration; no connection is dropped.

    Raises:
        subprocess.CalledProcessError: Caddy does not answer, or refuses it.
    """
    write(plan)
    address = f"unix/{plan.caddy_admin}"
    command = [str(vendor.caddy()), "reload", "--adapter", "caddyfile", "--config", str(plan.caddyfile), "--address", address]
    subprocess.run(command, check=True, capture_output=True, text=True)


def _static(path: str, folder: Path) -> str:
    return STATIC.format(path=path, folder=_quoted(folder))


def _route(name: str, programs: list[Program]) -> str:
    upstreams = " ".join(f"unix/{program.socket}" for program in programs)
    return ROUTE.format(name=name, paths=" ".join(programs[0].part.paths), upstreams=upstreams)


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
