using TickStore.EndToEnd.Workers;
using TickStore.Workloads;

namespace TickStore.EndToEnd.Schedule;

/// <summary>Bytes a row of other markets: trades whose stamps are multiples of 10 ms, and snapshots of quiet books.</summary>
internal sealed class VariantSizes(RunState run)
{
    private readonly (string Name, string Table, WorkloadProfile Profile)[] variants =
    [
        ("trades_10ms", "trades", With(run, m => m with { StampNanos = MarketProfile.TenMillisecondStamps })),
        ("snapshots_quiet", "snapshots", With(run, m => m with { BookActivity = MarketProfile.QuietBook })),
    ];

    /// <summary>True where any of them is wanted.</summary>
    public bool AreWanted => Array.Exists(variants, v => run.Report.Wants($"bytes.{v.Name}"));

    /// <summary>Loads them into a worker's database one after the other, and asks for their sizes.</summary>
    public void Measure(WorkerProcess worker)
    {
        foreach (var (name, table, profile) in variants)
        {
            if (!run.Report.Wants($"bytes.{name}"))
            {
                continue;
            }

            var request = new WorkerRequest(WorkerCommand.Bulk) { Table = table, Profile = profile };
            worker.Ask(request);
            worker.Ask(request with { Command = WorkerCommand.Checksum });
            var rowCount = RunPlan.RowCountOf(profile, table);
            foreach (var size in worker.Ask(request with { Command = WorkerCommand.Sizes }).Sizes!)
            {
                // What else the folder holds is known of the tables proper.
                if (size.Part != "folder")
                {
                    run.Samples.Add(
                        $"bytes.{name}.{size.Part}",
                        size.Form ?? worker.Engine,
                        "B/row",
                        (double)size.Bytes / rowCount
                    );
                }
            }

            worker.Ask(new WorkerRequest(WorkerCommand.Forget));
        }
    }

    private static WorkloadProfile With(RunState run, Func<MarketProfile, MarketProfile> change) =>
        (run.Plan.IsSmall ? run.Plan.DurableProfile : run.Plan.OwnProfile) with
        {
            Market = change(run.Plan.OwnProfile.Market),
        };
}
