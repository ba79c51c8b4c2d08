// Proves law 2 for the operators of each definition alone: rows of an awkward market pushed through its circuit in random groupings, with
// the state saved and loaded now and then, add up to the rows that the plain query gives AS OF each sequence, to the bit.
namespace TickStore.Tests.Streaming.Law;

public sealed class CircuitLawTests(CircuitLawTests.Market market) : IClassFixture<CircuitLawTests.Market>
{
    public static TheoryData<string> Names() => [.. LawViews.All.Where(v => v.CanBeACircuit).Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Deltas_add_up_to_the_query(string name)
    {
        var view = LawViews.All.Single(v => v.Name == name);
        Assert.True(market.Law.Prove(view, groupingSeed: 1, rowsMax: 3, compareCount: 6) > 0);
        Assert.True(market.Law.Prove(view, groupingSeed: 2, rowsMax: 60, compareCount: 6, restarts: true) > 0);
        Assert.True(market.Law.Prove(view, groupingSeed: 3, rowsMax: 2000, compareCount: 6) > 0);
    }

    /// <summary>What operators let go of, they read back when a late row touches it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Deltas_add_up_where_few_rows_are_kept(string name)
    {
        var view = LawViews.All.Single(v => v.Name == name);
        using var law = new CircuitLaw(market.Reference) { RowsKeptMax = 100 };
        Assert.True(law.Prove(view, groupingSeed: 4, rowsMax: 40, compareCount: 6, restarts: true) > 0);
    }

    public sealed class Market : IDisposable
    {
        private readonly LawReference reference = new(seed: 1, rowCount: 1200);

        public Market() => Law = new CircuitLaw(reference);

        internal LawReference Reference => reference;

        internal CircuitLaw Law { get; }

        public void Dispose()
        {
            Law.Dispose();
            reference.Dispose();
        }
    }
}
