using System.Globalization;
using TickStore.Tests.Engine.CrossChecks;

namespace TickStore.Tests.Streaming.RealIndex;

/// <summary>One holding of the SPDR S&amp;P 500 fund, as its file of a day has it.</summary>
/// <param name="Ticker">The share's ticker.</param>
/// <param name="Weight">Its part of the fund's value, to eight digits.</param>
/// <param name="Shares">How many shares the fund held.</param>
internal sealed record Holding(string Ticker, decimal Weight, decimal Shares);

/// <summary>
/// The fund's holdings at the end of a day: <c>ticker, id, date, weight, shares, value</c> a line, without the value. What the fund was
/// worth follows from one share whose close is known, and from that the close of every other, to the cent.
/// </summary>
internal sealed class FundFile
{
    private FundFile(string path, decimal closeOfApple)
    {
        Holdings =
        [
            .. File.ReadAllLines(path)
                .Where(line => line.Length > 0)
                .Select(line => line.Split(','))
                .Select(f => new Holding(f[0], Number(f[3]), Number(f[4]))),
        ];
        var apple = Holdings.First(h => h.Ticker == "AAPL");
        Value = apple.Shares * closeOfApple / apple.Weight;
    }

    /// <summary>All holdings, in the order of the file.</summary>
    public Holding[] Holdings { get; }

    /// <summary>What all shares of the fund were worth, in dollars.</summary>
    public decimal Value { get; }

    /// <summary>The files of 2020-11-27 and 2020-11-30; Apple closed at 116.59 and 119.05 (lean/equity/usa/daily/aapl.zip).</summary>
    public static (FundFile First, FundFile Second) Read()
    {
        const string folder = "lean/equity/usa/universes/etf/spy";
        return (
            new FundFile(DataFiles.Find(folder, "20201130.csv")[0], 116.59m),
            new FundFile(DataFiles.Find(folder, "20201201.csv")[0], 119.05m)
        );
    }

    /// <summary>The close of a share that is implied by its weight.</summary>
    public decimal CloseOf(Holding holding) => Math.Round(holding.Weight * Value / holding.Shares, 2);

    /// <summary>How many shares of a ticker the fund held.</summary>
    public decimal SharesOf(string ticker) => Holdings.First(h => h.Ticker == ticker).Shares;

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
