"""`python -m bench.readme`: writes README's tables of figures from the results that were kept, between two marks.

So no figure stands in README that was not measured, and each says when, on which machine and of which commit it is.
"""

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.result_file import saved

README: Final = Path(__file__).parents[1] / "README.md"
BEGIN: Final = "<!-- figures: written by `python -m bench.readme` from bench/results -->"
END: Final = "<!-- end of figures -->"
WHAT: Final = {
    "relay": ("outbox to Kafka, order per aggregate checked", "rows/s"),
    "consume": ("Kafka to rows, outbox and offsets", "events/s"),
    "pipeline": ("lives as events, without HTTP, with all that follows", "lives/s"),
    "lifecycle": ("a dossier taken in, seen, decided, found again, with all that follows, 32 clients", "lives/s"),
}
"""Name -> what it does, and its unit, in README's words; in the order of the table."""
FOOTPRINTS: Final = {
    "start": "from the command to serving, on data that are there",
    "memory": "all processes after a load, shared pages counted once",
    "idle": "all processes together while nobody asks anything",
}
NAMES: Final = (*WHAT, "latency", "spike", "lanes", "soak", "growth", "loop", *FOOTPRINTS)
RATE_OF_SMALL: Final = 100

Results = Mapping[str, Mapping[str, Any]]


def tables(results: Results) -> str:
    """Everything between the marks."""
    parts = [_ratios(results)]
    if "lifecycle" in results:
        parts.append(_lifecycle(results["lifecycle"]))
    parts += [sentence(results[name]) for name, sentence in SENTENCES.items() if name in results]
    if footprints := [name for name in FOOTPRINTS if name in results]:
        parts.append("\n".join(_footprint(name, results[name]) for name in footprints))
    parts.append("\n".join(_origin(name, results[name]) for name in NAMES if name in results))
    return "\n\n".join(parts)


def inserted(readme: str, text: str) -> str:
    """README with `text` between its marks. Raises ValueError where a mark is missing."""
    before, rest = readme.split(BEGIN, 1)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}"


def _ratios(results: Results) -> str:
    lines = ["| Command | Ours | Peer | Ratio | Floor |", "|---|---|---|---|---|"]
    for name, (what, unit) in WHAT.items():
        if name in results:
            result = results[name]
            doors = f", {result['online']:.0%} of them begun online" if result.get("online") else ""
            ours, peer = (f"{_rate(result[side]['per_second'])} {unit}" for side in ("ours", "peer"))
            ratio, floor = _times(result["ratio"]), _times(result["floor"])
            lines.append(
                f"| `motcua bench {name}`: {what}{doors} | {ours} | {result['peer']['what']}: {peer} | **{ratio}** | {floor} |"
            )
            if "bare" in result:
                bare, share = f"{result['bare']['what']}: {_rate(result['bare']['per_second'])} {unit}", result["share_of_bare"]
                lines.append(f"| the same | {ours} | {bare} | **{_times(share)}** | {_times(result['least_share'])} |")
    return "\n".join(lines)


def _lifecycle(result: Mapping[str, Any]) -> str:
    lines = [
        "| Lives under load | Lives/s | Bare server | Taking in p50 / p95 | Bare server | CPU a life | Bare server |",
        "|---|---|---|---|---|---|---|",
    ]
    for load, ours in result["loads"]["ours"].items():
        peer = result["loads"]["peer"][load]
        pairs = [(f"{_rate(side['per_second'])}", _percentiles(side), f"{_cpu(side)} ms") for side in (ours, peer)]
        cells = " | ".join(cell for pair in zip(*pairs, strict=True) for cell in pair)
        lines.append(f"| {_load(load)} | {cells} |")
    return "\n".join(lines)


def _spike(result: Mapping[str, Any]) -> str:
    clients, p95, seconds = result["clients"], result["p95_ms"], result["recovered_after_seconds"]
    recovered = "it was not as before within half a minute" if seconds is None else f"{seconds} s after its end it was as before"
    return (
        f"`motcua bench spike`: {clients['spike']} clients for half a minute instead of {clients['usual']}."
        f" Of {result['received']:,} dossiers taken in, {result['dossiers']:,} are there, {result['shed']:,} requests were"
        f" asked to come back (503 with Retry-After) and did, {sum(result['errors'].values())} went wrong."
        f" p95 of taking in: {p95['before']:,.0f} ms before, {p95['spike']:,.0f} ms meanwhile;"
        f" {recovered} ({result['within_seconds']:.0f} s are promised)."
    )


def _latency(result: Mapping[str, Any]) -> str:
    hops = result["hops_ms"]
    shown = "; ".join(
        f"{mark} {quiet['p50']} / {quiet['p99']} ms, at half load {half['p50']} / {half['p99']} ms"
        for (mark, quiet), half in zip(hops["quiet"].items(), hops["half load"].values(), strict=True)
    )
    return (
        f"`motcua bench latency`: from the commit of an acceptance, p50 / p99: {shown}. A bare record produced and consumed:"
        f" {result['bare_ms']['p50']} / {result['bare_ms']['p99']} ms. That is **{result['ratio']} times** the bare hop where"
        f" nothing else goes on (limit {result['limit']:.0f}), and p99 {result['p99_ms']:,.0f} ms at half load,"
        f" {result['half_load_per_second']} lives a second (limit {result['p99_limit_ms']:.0f})."
    )


def _loop(result: Mapping[str, Any]) -> str:
    longest = max(result["longest"].values(), key=lambda block: block["seconds"])
    return (
        f"`motcua bench loop`: {result['asked']:,} hostile bodies and queries, every route asked by a stranger, a clerk and the"
        " operator."
        f" Longest that anything held an event loop, in processor time: **{longest['seconds'] * 1000:.0f} ms**, after"
        f" {longest['request']} (limit {result['limit'] * 1000:.0f})."
    )


def _lanes(result: Mapping[str, Any]) -> str:
    alone, flooded = result["alone"], result["flooded"]
    return (
        f"`motcua bench lanes`: {result['events']:,} dossiers from the post at once, all there and written about after"
        f" {result['flood_seconds']:,.0f} s. Meanwhile p95 at a district's counters, from handing in to an open case, was"
        f" {_ms(flooded['open_ms']['p95'])} instead of {_ms(alone['open_ms']['p95'])}: **{result['ratio']} times**"
        f" (limit {result['limit']:.0f}), {flooded['dropped']} of {flooded['dropped'] + flooded['dossiers']:,} never began."
    )


def _soak(result: Mapping[str, Any]) -> str:
    memory, p95 = result["memory_mib"], result["p95_ms"]
    return (
        f"`motcua bench soak`: {result['received']:,} lives in {result['minutes']:,.0f} minutes,"
        f" {sum(result['errors'].values())} went wrong. From the first tenth of the time to the last, memory of all processes"
        f" went from {memory[0]:,.0f} to {memory[-1]:,.0f} MiB (**{result['ratio']}**, limit {result['limit']}), p95 of taking"
        f" in from {_ms(p95[0])} to {_ms(p95[-1])} (**{result['p95_ratio']}**, limit {result['p95_limit']})."
    )


def _growth(result: Mapping[str, Any]) -> str:
    (small, large), questions = result["dossiers"], result["questions"]
    grown = ", ".join(f"`{question}` ({questions[question]['large_ms']:,.0f} ms)" for question in result["grown"]) or "none"
    return (
        f"`motcua bench growth`: of {len(questions)} questions (pages, lists, searches, reports, minting a code) **"
        f"{len(questions) - len(result['grown'])}** take at {large:,} dossiers at most 1.3 times as long as at {small:,}, or"
        f" under 20 ms. Beyond that: {grown}. Staff pages with a p95 above 60 ms: {len(result['slow_pages'])}."
    )


SENTENCES: Final = {"growth": _growth, "loop": _loop, "latency": _latency, "spike": _spike, "lanes": _lanes, "soak": _soak}
"""Name -> its result in words."""


def _footprint(name: str, result: Mapping[str, Any]) -> str:
    """An amount in its unit; the processor in per cent of one core."""
    if result["unit"] == "cores":
        amount, limit = f"{result['amount']:.1%} of one core", f"{result['limit']:.0%}"
    else:
        amount, limit = f"{result['amount']:,.0f} {result['unit']}", f"{result['limit']:,.0f}"
    return f"- `motcua bench {name}`: **{amount}**, {FOOTPRINTS[name]} (limit {limit})."


def _load(name: str) -> str:
    kind, _, clients = name.partition(" ")
    return (
        f"{clients} {'client' if clients == '1' else 'clients'}"
        if kind == "closed"
        else "at half that rate, whatever the answers"
    )


def _percentiles(load: Mapping[str, Any]) -> str:
    receive = load["latency_ms"]["receive"]
    return " / ".join("-" if receive[name] is None else f"{receive[name]:,.0f}" for name in ("p50", "p95")) + " ms"


def _ms(amount: float | None) -> str:
    return "-" if amount is None else f"{amount:,.0f} ms"


def _cpu(load: Mapping[str, Any]) -> str:
    return f"{load['cpu_ms_per_life']['all']:,.0f}"


def _origin(name: str, result: Mapping[str, Any]) -> str:
    machine = result["machine"]
    system = f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_mb'] // 1024} GiB, Python {machine['python']}"
    return f"- `{name}`: {machine['date'][:10]}, commit {machine['commit']}, {system}{_yardstick(result)}."


def _yardstick(result: Mapping[str, Any]) -> str:
    """How fast the machine was, and how much of it others took from either side; nothing where that was not measured."""
    if "loop_seconds" not in result:
        return ""
    ours, peer = (result["loads"][side][result["ratio_at"]]["cores_busy_with_other_work"] for side in ("ours", "peer"))
    busy = f"other work kept {ours:.1f} cores busy beside ours and {peer:.1f} beside the bare server"
    return f"; five million additions in Python took {median(result['loop_seconds']):.2f} s; {busy}"


def _rate(rate: float) -> str:
    return f"{rate:,.1f}" if rate < RATE_OF_SMALL else f"{rate:,.0f}"


def _times(ratio: float) -> str:
    return f"{ratio:,.2f} ×" if ratio < 1 else f"{ratio:,.0f} ×"


def main() -> None:
    README.write_text(inserted(README.read_text(encoding="utf-8"), tables(saved())), encoding="utf-8")
    print(f"{README.name}: {', '.join(saved())}")


if __name__ == "__main__":
    main()
