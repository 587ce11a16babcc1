"""Materializes `orders` once and prints, as JSON, what Dagster has stored about it."""

import json

import dagster as dg
from definitions import orders

with dg.DagsterInstance.ephemeral() as instance:
    run = dg.materialize([orders], instance=instance, resources={"pipes": dg.PipesSubprocessClient()})

    materialization = instance.get_latest_materialization_event(orders.key).asset_materialization
    [check] = run.get_asset_check_evaluations()
    logs = [event.user_message for event in instance.all_logs(run.run_id) if not event.is_dagster_event]

    stored = {
        "success": run.success,
        "metadata": {
            name: {"type": type(value).__name__, "value": value.value}
            for name, value in materialization.metadata.items()
        },
        "data_version": materialization.tags["dagster/data_version"],
        "check": {"name": check.check_name, "passed": check.passed, "severity": check.severity.value},
        "logs": logs,
    }
    print(json.dumps(stored, indent=2))
