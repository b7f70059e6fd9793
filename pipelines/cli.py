"""The command line: every step from raw records to the three users, one command each.

Exit codes: 0 done, 1 a fault of ours, 2 bad input or arguments. A command imports what it needs when it
runs, so that the public server never loads the code that opens records.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from pipelines import __version__
from pipelines.console import OneMessage, data_home, progress_line, watch
from pipelines.faults import Fault, InputFault
from pipelines.questions import CLOCKS, CONTACTS, DEFAULT_GAP, EPISODES, GAPS

SAMPLE_PEOPLE = 1500
SAMPLE_SEED = 20260630
MANAGER_HOSTS = ("127.0.0.1", "localhost", "::1")


@click.group(cls=OneMessage, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="recovery-outcomes")
def main() -> None:
    """Outcomes of recovery coaching: load records, publish a release, look at both.

    \b
    A first look:   recovery-outcomes demo
    Your records:   recovery-outcomes load my-export/ --dry-run
    """


@main.command()
@click.option("--people", default=SAMPLE_PEOPLE, show_default=True, type=click.IntRange(50), help="People to simulate.")
@click.option("--seed", default=SAMPLE_SEED, show_default=True, help="Same seed, same files.")
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write."
)
def sample(people: int, seed: int, file_format: Literal["csv", "parquet"], folder: Path) -> None:
    """Write synthetic records with a known truth.

    \b
    Example: recovery-outcomes sample --people 1500 --to data/sample
    """
    from pipelines.sample import write_sample

    watch(folder)
    with progress_line("Simulating") as report:
        write_sample(folder, people, seed=seed, format=file_format, progress=report)
    click.echo(f"Synthetic records of {people:,} people are in {folder}.")


@main.command()
@click.option("--format", "file_format", type=click.Choice(["xlsx", "csv"]), default="xlsx", show_default=True)
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write."
)
def template(file_format: str, folder: Path) -> None:
    """Write blank files to fill: a workbook with lists to choose from, or one CSV per table.

    \b
    Example: recovery-outcomes template --format xlsx --to our-records
    Then:    recovery-outcomes load our-records --mapping workbook --dry-run
    """
    from pipelines import template as blank

    watch(folder)
    paths = blank.write_workbook(folder) if file_format == "xlsx" else blank.write_csv(folder)
    mapping = " --mapping workbook" if file_format == "xlsx" else ""
    click.echo(f"{len(paths)} {'file is' if len(paths) == 1 else 'files are'} in {folder}.")
    if file_format == "csv":
        click.echo("Take away the files you leave blank.")
    click.echo(f"Fill what you have, then run: recovery-outcomes load {folder}{mapping} --dry-run")


@main.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--mapping", help="Name of a packaged mapping, or a mapping file of your own.")
@click.option("--instruments", type=click.Path(path_type=Path), help="Folder with instrument files of your own.")
@click.option("--allow-minors", is_flag=True, help="Accept people under 18; needs your organisation's decision.")
@click.option("--extracted-on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which the files were made.")
@click.option("--append", is_flag=True, help="Add a later batch to the records instead of replacing them.")
@click.option("--keep-anchors", is_flag=True, help="Load in full, and keep what adding later batches needs.")
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for a script.")
def load(
    source: Path,
    mapping: str | None,
    instruments: Path | None,
    allow_minors: bool,
    extracted_on: datetime | None,
    append: bool,
    keep_anchors: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Load a folder of records into the coded, checked records file.

    A load replaces the records by what the files hold. With --append the files are a later batch: rows with a known
    identifier replace the former ones, the others are added.

    \b
    Example: recovery-outcomes load data/sample --dry-run
    """
    from pipelines.load import load as load_records

    with progress_line("Loading", quiet=as_json) as report:
        summary = load_records(
            source,
            data_home(),
            mapping=mapping,
            instruments=instruments,
            allow_minors=allow_minors,
            dry_run=dry_run,
            append=append,
            keep_anchors=keep_anchors,
            extracted_on=extracted_on.date() if extracted_on else None,
            progress=report,
        )
    click.echo(json.dumps(summary.as_dict(), indent=2) if as_json else "\n".join(summary.sentences()))


@main.command(name="map")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Mapping file to write.")
@click.option("--extracted-on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which the files were made.")
def propose_mapping(source: Path, target: Path | None, extracted_on: datetime | None) -> None:
    """Propose a mapping for files of any layout: which column is what, and what speaks for it, as counts.

    \b
    Example: recovery-outcomes map my-export --to my-export.toml --extracted-on 2026-06-30
    Then:    recovery-outcomes load my-export --mapping my-export.toml --dry-run
    """
    from pipelines import proposal_text, read, redcap_dictionary, warehouse
    from pipelines.propose import propose

    with warehouse.in_memory() as connection:
        with progress_line("Looking") as report:
            files = redcap_dictionary.withhold(connection, read.stage(connection, source, report))
        proposal = propose(connection, files, extracted_on.date() if extracted_on else None)
    if target is not None:
        watch(target.parent)
        proposal_text.write_mapping(proposal, target)
    click.echo("\n".join([*proposal_text.guess_lines(proposal), *read.passed_over(source)]))
    if target is not None:
        click.echo(f"The mapping is in {target}. Read it, then run:")
        click.echo(f"recovery-outcomes load {source} --mapping {target} --dry-run")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks for a script.")
@click.option("--all", "everything", is_flag=True, help="List the checks that found nothing too.")
@click.option("--over-time", is_flag=True, help="Show the loads so far instead: rows kept out, checks beyond a limit.")
def quality(as_json: bool, everything: bool, over_time: bool) -> None:
    """Show what the last load checked: the level of each table, what was found, what to do.

    \b
    Example: recovery-outcomes quality --json
    """
    from pipelines import load_log, warehouse
    from pipelines import quality as checks

    if over_time:
        loads = load_log.read(data_home())
        click.echo(json.dumps(loads, indent=2) if as_json else "\n".join(load_log.sentences(loads)))
        return
    reader = warehouse.open_records(data_home())
    try:
        results = checks.read_results(reader)
    finally:
        reader.close()
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in results], indent=2))
    else:
        click.echo("\n".join(checks.sentences(results, everything=everything)))


@main.command()
@click.option(
    "--spec",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Declaration of your own; the packaged one if not given.",
)
def release(spec: Path | None) -> None:
    """Build the protected release from the records: aggregates only, no person anywhere.

    \b
    Example: recovery-outcomes release
    """
    from pipelines.release import build_release

    with progress_line("Building the release") as report:
        summary = build_release(data_home(), progress=report, spec=spec)
    click.echo("\n".join(summary.sentences()))


@main.command()
def audit() -> None:
    """Open the current release as a stranger would and check every rule of the disclosure gate.

    \b
    Example: recovery-outcomes audit
    """
    from pipelines.release import audit_release

    click.echo("\n".join(audit_release(data_home())))


@main.command()
@click.option("--audience", type=click.Choice(["manager", "public"]), default="manager", show_default=True)
@click.option("--role", type=click.Choice(["funder", "researcher"]), help="Menu of the public door; both by default.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@click.option("--open/--no-open", "open_browser", default=True, help="Open the browser.")
def serve(audience: str, role: str | None, host: str, port: int, open_browser: bool) -> None:
    """Open the dashboard. The public audience sees the release alone.

    \b
    Example: recovery-outcomes serve --audience public --port 8502
    """
    from dashboard import server

    if audience == "manager" and host not in MANAGER_HOSTS:
        raise InputFault(
            Fault(
                f"--host {host}",
                "the manager's door shows exact numbers and has no login, so it listens on this machine alone",
                "Leave --host away, or serve the release with --audience public.",
            )
        )
    check_port(host, port)
    server.serve(audience, host, port, home=data_home(), role=role, open_browser=open_browser)


def check_port(host: str, port: int) -> None:
    """Raise InputFault unless a server could listen there."""
    from dashboard import server

    if not server.port_is_free(host, port):
        raise InputFault(
            Fault(
                f"port {port}",
                "another program is using it",
                f"Close that program, or choose another port, for instance --port {port + 1}.",
            )
        )


@main.command()
@click.option("--format", "file_format", type=click.Choice(["html"]), default="html", show_default=True)
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def report(file_format: str, target: Path | None) -> None:
    """Write the one-page report of the release as a self-contained file, ready to print.

    \b
    Example: recovery-outcomes report --to report.html
    """
    from dashboard.answers import open_answers
    from dashboard.report import write_report

    home = data_home()
    path = write_report(open_answers("public", home), target or home / "reports" / f"report.{file_format}")
    click.echo(f"The report is in {path}.")


@main.command()
@click.argument("measure")
@click.option("--by", multiple=True, help="Dimension to group by; at most two.")
@click.option("--where", multiple=True, help="Filter, as dimension=category.")
@click.option("--gap", default=DEFAULT_GAP, show_default=True, type=click.Choice(GAPS), help="Days without contact.")
@click.option("--clock", default="first_session", show_default=True, type=click.Choice(list(CLOCKS)))
@click.option("--contacts", default="any", show_default=True, type=click.Choice(list(CONTACTS)))
@click.option("--episodes", default="first", show_default=True, type=click.Choice(list(EPISODES)))
@click.option("--audience", type=click.Choice(["manager", "public"]), default="public", show_default=True)
@click.option(
    "--format", "file_format", type=click.Choice(["csv", "excel", "package"]), default="csv", show_default=True
)
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("."), show_default=True)
def download(
    measure: str,
    by: tuple[str, ...],
    where: tuple[str, ...],
    gap: int,
    clock: str,
    contacts: str,
    episodes: str,
    audience: str,
    file_format: str,
    folder: Path,
) -> None:
    """Write a table of aggregates with its code book; the release is counted with the settings shown as defaults.

    \b
    Example: recovery-outcomes download stayed_share --by site --format package
    """
    from dashboard import exports
    from dashboard.answers import Question, Settings, open_answers

    exports.check_measure(measure)
    filters: dict[str, list[str]] = {}
    for pair in where:
        dimension, sign, category = pair.partition("=")
        if not sign:
            raise InputFault(
                Fault("--where", "a filter is written dimension=category", "For instance --where site=Ashgrove.")
            )
        filters.setdefault(dimension, []).append(category)
    chosen = tuple((dimension, tuple(categories)) for dimension, categories in filters.items())
    home = data_home()
    settings = Settings(gap_days=gap, clock=clock, contacts=contacts, episodes=episodes)
    question = Question(measure, tuple(by), chosen, settings)
    path = exports.write(open_answers(audience, home), question, file_format, folder, home)
    click.echo(f"The table is in {path}.")


@main.command()
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@click.option("--open/--no-open", "open_browser", default=True, help="Open the browser.")
@click.pass_context
def demo(ctx: click.Context, port: int, open_browser: bool) -> None:
    """Load the sample if there are no records yet, build the release, open the dashboard.

    \b
    Example: recovery-outcomes demo
    """
    from pipelines import warehouse

    check_port("127.0.0.1", port)
    home = data_home()
    if warehouse.current(home, "records") is None:
        folder = Path("data/sample")
        if not folder.is_dir():
            folder = home / "sample"
            ctx.invoke(sample, people=SAMPLE_PEOPLE, seed=SAMPLE_SEED, file_format="csv", folder=folder)
        ctx.invoke(load, source=folder)
    if warehouse.current(home, "release") is None:
        ctx.invoke(release, spec=None)
    ctx.invoke(serve, audience="manager", host="127.0.0.1", port=port, open_browser=open_browser)


@main.command()
def doctor() -> None:
    """Check the installation: versions, key and its permissions, disk, locks, leftovers, records and release.

    \b
    Example: recovery-outcomes doctor
    """
    from pipelines.doctor import findings

    results = findings(data_home())
    for finding in results:
        click.echo(f"{'✓' if finding.good else '✗'} {finding.sentence}")
    if not all(finding.good for finding in results):
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
