// Proves that a worker process does what the driver asks and that nothing can corrupt their talk or outlive the run: a real worker
// loads, is compared, and answers; an engine's error ends in a message that names engine and command, as does a worker that is
// killed; and a worker whose driver is gone ends by itself.
using System.Diagnostics;
using TickStore.EndToEnd.Reporting;
using TickStore.EndToEnd.Workers;
using TickStore.Workloads;

namespace TickStore.Tests.Perf;

public sealed class WorkerTests : IDisposable
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory,
        OperatingSystem.IsWindows() ? "TickStore.EndToEnd.exe" : "TickStore.EndToEnd"
    );

    private static readonly WorkloadProfile Rows = WorkloadProfile.Small with
    {
        TradeCount = 5000,
        QuoteCount = 5000,
        SnapshotCount = 5000,
    };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tickstore-perf-tests");

    public WorkerTests() => WorkerProcess.Program = Program;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_worker_loads_is_compared_and_answers()
    {
        using var worker = Start();
        var request = new WorkerRequest(WorkerCommand.Bulk) { Table = "trades", Profile = Rows };
        Assert.True(worker.Ask(request).Seconds > 0);
        worker.Ask(request with { Command = WorkerCommand.Checksum });
        var sizes = worker.Ask(request with { Command = WorkerCommand.Sizes }).Sizes!;
        Assert.Contains(sizes, s => s.Part == "total" && s.Bytes > 0);

        var reply = worker.Ask(new(WorkerCommand.Query) { Query = "Q11a", TimeoutSeconds = 60 });
        var count = Assert.IsType<long>(AnswerText.Read(reply.Rows!)[0][0]);
        Assert.InRange(count, 1, Rows.Market.SymbolCount);
    }

    [Fact]
    public void Rows_that_are_written_durably_replace_those_of_the_same_table()
    {
        using var worker = Start();
        var request = new WorkerRequest(WorkerCommand.Durable)
        {
            Table = "quotes",
            Profile = Rows,
            CommitRows = 1000,
        };
        Assert.True(worker.Ask(request with { RowCount = 2000 }).P99Micros > 0);
        worker.Ask(request);
        worker.Ask(request with { Command = WorkerCommand.Checksum });
    }

    [Fact]
    public void An_error_names_engine_and_command_and_ends_the_worker()
    {
        using var worker = Start();
        var error = Assert.Throws<WorkerException>(() =>
            worker.Ask(new(WorkerCommand.Query) { Query = "Q4", TimeoutSeconds = 60 })
        );
        Assert.StartsWith("tickstore, query Q4: ", error.Message, StringComparison.Ordinal);
        Assert.False(worker.IsAlive);
    }

    [Fact]
    public void A_worker_that_is_killed_is_missed()
    {
        using var worker = Start();
        using (var process = Process.GetProcessById(worker.ProcessId))
        {
            process.Kill();
        }

        var error = Assert.Throws<WorkerException>(() => worker.Ask(new(WorkerCommand.Memory)));
        Assert.Contains("the worker ended", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_ends_when_its_driver_is_gone()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "worker", EngineNames.TickStore, folder.FullName, "{}" })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        Assert.NotNull(WorkerReply.Parse(process.StandardOutput.ReadLine()!).Version);
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
    }

    private WorkerProcess Start() => WorkerProcess.Start(EngineNames.TickStore, folder.FullName, Rows.Market);
}
