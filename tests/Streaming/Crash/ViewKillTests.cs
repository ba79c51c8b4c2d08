// Proves that live views and their subscribers survive SIGKILL at random moments with the same bits: after each kill
// every view has the rows of its query at the recovered sequence, and every subscriber that resumes comes to them
// without a gap and without a duplicate, told what of it was taken back. The long form is tests/views-crash.sh.
namespace TickStore.Tests.Streaming.Crash;

public sealed class ViewKillTests
{
    [Fact]
    public void Views_and_subscribers_survive_kills()
    {
        var folder = Directory.CreateTempSubdirectory("tickstore-views-");
        try
        {
            var report = CrashCampaign.Run(Path.Combine(folder.FullName, "db"), killCount: 5, seed: 7);
            Assert.Equal(5, report.Kills);
            Assert.True(report.FewestChanges > 50, $"A subscriber was told of {report.FewestChanges} changes only.");
            Assert.True(report.Firings > 50, $"The alert's table told of {report.Firings} firings only.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
