// Proves law 1 with real processes: a writer is killed with SIGKILL at random moments (during recovery, ingest, seals and
// compaction), and after each kill every acknowledged batch is there, whole and once, in both tables. The long form is
// `dotnet run --project tests/CrashWriter -- campaign --count 200`.
using TickStore.Tests.Support.Crash;

namespace TickStore.Tests.Engine.Crash;

public sealed class KillTest
{
    [Fact]
    public void Acknowledged_batches_survive_kills()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-kill-");
        try
        {
            var report = CrashCampaign.Run(Path.Combine(folder.FullName, "db"), killCount: 6, seed: 42);
            Assert.Equal(6, report.Kills);
            Assert.True(report.AcknowledgedBatches > 0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
