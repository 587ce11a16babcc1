"""Python's Dagster runs a TypeScript script, and stores what it reports.

In the UI (pip install dagster dagster-webserver):   dagster dev -f examples/under-python-dagster/definitions.py
Without it, once (pip install dagster):              python examples/under-python-dagster/materialize.py
"""

from pathlib import Path

import dagster as dg

SCRIPT = Path(__file__).with_name("orders.ts")


@dg.asset(check_specs=[dg.AssetCheckSpec("not_empty", asset="orders")])
def orders(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient) -> dg.MaterializeResult:
    return pipes.run(
        context=context,
        command=["node", str(SCRIPT)],
        extras={"country": "NO"},
    ).get_materialize_result()


defs = dg.Definitions(assets=[orders], resources={"pipes": dg.PipesSubprocessClient()})
