// Proves that a power cut at any call loses no acknowledged frame and leaves no torn one: seeded workloads on a
// simulated device, cut three times in a row, each time keeping any subset of unsynced sectors and names. More seeds
// than the 200 of every run: TICKSTORE_POWER_CUT_SEEDS=n. The seed fixes workload and cut; how frames group into
// batches is up to threads.
using System.Globalization;
using TickStore.Tests.Support;

namespace TickStore.Tests.Storage.Log;

public sealed class LogPowerCutTests
{
    private static int SeedCount =>
        int.TryParse(
            Environment.GetEnvironmentVariable("TICKSTORE_POWER_CUT_SEEDS"),
            CultureInfo.InvariantCulture,
            out var n
        )
            ? n
            : 250;

    [Fact]
    public void No_power_cut_loses_an_acknowledged_frame()
    {
        var cutsMet = 0;
        for (var seed = 1; seed <= SeedCount; seed++)
        {
            try
            {
                cutsMet += RunOne(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }

        Assert.True(cutsMet > SeedCount, $"only {cutsMet} cuts met a running workload");
    }

    private static int RunOne(int seed)
    {
        var random = new Random(seed);
        var files = new FaultFileSystem(seed);
        var model = new LogModel("/db/log");
        var cutsMet = 0;
        for (var round = 0; round < 3; round++)
        {
            files.CutPowerAt(random.Next(round == 0 ? 200 : 130));
            model.Run(files, random, 20);
            if (files.IsDead)
                cutsMet++;
            files = files.AfterPowerCut(random.Next());
        }

        using (model.Open(files))
        {
            // Open compares everything with the model.
        }

        return cutsMet;
    }
}
