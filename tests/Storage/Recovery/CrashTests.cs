// Proves law 1 for the whole write path: a workload of commits over several tables, seals and compactions runs on a device that
// fails or loses power at its k-th call, for every k. After that, opening the folder shows a prefix of the commits that holds every
// acknowledged one, whole, to the bit (rows, sequences, late bits, counters), and takes further commits as the slow twin does. By
// default a sample of the calls is taken; README.md says how to have every one.
using TickStore.Core;
using TickStore.Storage;
using TickStore.Tests.Storage.Ingest;
using TickStore.Tests.Support;

namespace TickStore.Tests.Storage.Recovery;

public sealed class CrashTests
{
    private static readonly StorageOptions Options = new()
    {
        BackgroundWork = false,
        Time = new StillClock(),
        LogSegmentBytes = 64 << 10,
        LogBufferBytes = 64 << 10,
    };

    private static readonly bool EveryCall = Environment.GetEnvironmentVariable("TICKSTORE_LONG") == "1";

    public static TheoryData<int> Seeds =>
        [
            .. Enumerable.Range(
                1,
                int.TryParse(Environment.GetEnvironmentVariable("TICKSTORE_SEEDS"), out var n) ? n : 1
            ),
        ];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Power_may_go_at_every_call(int seed)
    {
        var stride = EveryCall ? 1 : 7;
        for (var k = seed % stride; ; k += stride)
        {
            var files = new FaultFileSystem((seed * 1000) + k);
            files.CutPowerAt(k);
            var run = new Run(seed);
            run.Go(files);
            if (files.Fired is null)
            {
                Assert.Null(run.Error);
                Assert.True(k > 150, $"only {k} calls were made");
                return;
            }

            run.Verify(files.AfterPowerCut(k), $"seed {seed}, power cut at call {k}: {files.Fired}");
        }
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(5, false)]
    [InlineData(28, true)]
    [InlineData(28, false)]
    public void Every_call_may_fail(int errno, bool sticky)
    {
        // Opening makes the first 40 or so calls. Each of the four samples takes calls that the others leave out.
        var sample = (errno & 1) + (sticky ? 2 : 0);
        var k = EveryCall ? 0 : sample % 3;
        for (
            var round = 0;
            ;
            round++,
                k +=
                    EveryCall ? 1
                    : k < 40 ? 3
                    : 13
        )
        {
            var files = new FaultFileSystem(k + 1);
            files.FailAt(k, errno, sticky);
            var run = new Run(seed: errno);
            run.Go(files);
            if (files.Fired is null)
            {
                Assert.Null(run.Error);
                return;
            }

            var where = $"errno {errno}, sticky {sticky}, call {k}: {files.Fired}";
            files.Heal();
            run.Verify(round % 2 == 0 ? files.AfterKill() : files.AfterPowerCut(k), where);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Power_may_go_again_at_every_call_of_the_opening_after_it(int seed)
    {
        var prepared = new FaultFileSystem(seed);
        var run = new Run(seed);
        prepared.CutPowerAt(140 + (seed % 50));
        run.Go(prepared);
        var ground = prepared.AfterPowerCut(seed);
        var stride = EveryCall ? 1 : 3;
        for (var k = seed % stride; ; k += stride)
        {
            var files = ground.Clone();
            files.CutPowerAt(files.OperationCount + k);
            try
            {
                using var engine = StorageEngine.Open(files, "/db", Options);
            }
            catch (TickStoreException)
            {
                // The power went: what counts is the next opening.
            }

            if (files.Fired is null)
            {
                return;
            }

            run.Verify(files.AfterPowerCut(k), $"seed {seed}, second cut at call {k} of the opening: {files.Fired}");
        }
    }

    /// <summary>The workload, which stops at its first error, and what must be found afterwards.</summary>
    private sealed class Run(int seed)
    {
        private readonly StorageModel model = new();
        private long acknowledged;

        public TickStoreException? Error { get; private set; }

        public void Go(FaultFileSystem files)
        {
            using var maker = new RowMaker(seed);
            StorageEngine? engine = null;
            try
            {
                engine = StorageEngine.Open(files, "/db", Options);
                foreach (var schema in new[] { RowMaker.Trades(), RowMaker.Books() })
                {
                    model.Create(schema);
                    engine.CreateTable(schema);
                }

                using var source = engine.OpenSource("feed", isLive: true);
                for (var step = 0; step < 26; step++)
                {
                    Step(engine, maker, step, source);
                }
            }
            catch (TickStoreException e)
            {
                Error = e;
                if (engine is not null && e.Code == ErrorCode.DeviceFailed)
                {
                    var refused = Assert.Throws<TickStoreException>(() => engine.CreateTable(RowMaker.Plain("late")));
                    Assert.True(refused.Code is ErrorCode.DeviceFailed or ErrorCode.DiskFull, refused.Message);
                    Assert.True(engine.DurableSequence <= model.LastSequence);
                }
            }
            finally
            {
                acknowledged = Math.Max(acknowledged, engine?.DurableSequence ?? 0);
                Close(engine);
            }
        }

        // Some commits do not wait for the device: where it fails behind them, the end says so, and only then.
        private void Close(StorageEngine? engine)
        {
            try
            {
                engine?.Dispose();
            }
            catch (TickStoreException e)
            {
                Assert.Contains("are not durable", e.Message, StringComparison.Ordinal);
                Error ??= e;
            }
        }

        public void Verify(FaultFileSystem files, string where)
        {
            try
            {
                VerifyState(files);
            }
            catch (Exception e) when (e is TickStoreException or Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{where}\n{e}");
            }
        }

        private void VerifyState(FaultFileSystem files)
        {
            StorageModel found;
            using var maker = new RowMaker(seed + 77);
            using (var engine = StorageEngine.Open(files, "/db", Options))
            {
                var sequence = engine.CommittedSequence;
                Assert.True(sequence >= acknowledged, $"{acknowledged} was acknowledged; {sequence} is what is left");
                Assert.Contains(sequence, model.CommitEnds);
                found = model.Through(sequence, name => engine.FindTable(name) is not null);
                found.AssertEqual(engine);
                found.CloseAllSources();
                if (!engine.Tables.Any())
                {
                    return;
                }

                CommitTests.CommitSome(engine, found, maker, null);
                engine.Seal();
                CommitTests.CommitSome(engine, found, maker, null);
                Assert.Empty(engine.Check(TestContext.Current.CancellationToken).Findings);
            }

            using var again = StorageEngine.Open(files, "/db", Options);
            found.AssertEqual(again);
        }

        private void Step(StorageEngine engine, RowMaker maker, int step, IngestSource source)
        {
            if (step % 8 == 5)
            {
                engine.Seal();
                acknowledged = engine.CommittedSequence;
            }
            else if (step == 23)
            {
                for (var i = 0; i < 4; i++)
                {
                    Commit(engine, maker, Durability.Async, null);
                    engine.Seal(engine.Tables[0]);
                }

                engine.Compact();
            }
            else
            {
                Commit(
                    engine,
                    maker,
                    step % 3 == 0 ? Durability.Fsync : Durability.Async,
                    step % 2 == 0 ? source : null
                );
            }
        }

        private void Commit(StorageEngine engine, RowMaker maker, Durability durability, IngestSource? source)
        {
            TableBatch[] batches =
            [
                maker.Make(engine, engine.Tables[0], 1 + maker.Random.Next(40)),
                maker.Make(engine, engine.Tables[1], maker.Random.Next(30)),
            ];
            var expected = model.Add(batches, source?.Id ?? 0, source?.IsLive ?? false);
            var result = engine.Commit(batches, source, durability);
            Assert.Equal(expected, result);
            if (durability == Durability.Fsync)
            {
                Assert.True(engine.DurableSequence >= result.LastSequence);
                acknowledged = result.LastSequence;
            }
        }
    }
}
