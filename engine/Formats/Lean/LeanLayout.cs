using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// The columns of one kind of LEAN file, and the field that each comes from (-1: the path or entry name).
/// </summary>
internal sealed class LeanLayout
{
    private readonly List<ColumnSchema> columns = [];
    private readonly List<int> fields = [];
    private readonly DataType price;

    private LeanLayout(LeanPath path, string suffix)
    {
        Path = path;
        Suffix = suffix;

        // Scaled integers have 4 decimals; other prices have up to 8 (1/128 of a bond point has 7).
        price = DataType.Decimal(18, path.HasScaledPrices ? 4 : 8);
        Add("ts", DataType.Timestamp, 0, nullable: false);
        Add("symbol", DataType.Symbol, -1, nullable: false);
        if (path.Security is "future" or "option")
        {
            Add("underlying", DataType.Symbol, -1, nullable: false);
        }

        if (path.Security == "future")
        {
            Add("contract_month", DataType.Int, -1, nullable: false);
        }
        else if (path.Security == "option")
        {
            Add("right", DataType.Symbol, -1, nullable: false);
            Add("strike", price, -1, nullable: false);
            Add("expiry", DataType.Date, -1, nullable: false);
        }
    }

    public LeanPath Path { get; }

    public string Suffix { get; }

    public int FieldCount { get; private set; } = 1;

    public IReadOnlyList<ColumnSchema> Columns => columns;

    public IReadOnlyList<int> Fields => fields;

    public static LeanLayout Of(LeanPath path)
    {
        var isTick = path.Resolution == "tick";
        var isForex = path.Security is "forex" or "cfd";
        var bars = $"{path.Resolution}_bars";
        var layout = (path.Kind, isTick) switch
        {
            ("openinterest", _) => new LeanLayout(path, $"{path.Resolution}_open_interest"),
            ("trade", true) when path.Security is "equity" or "future" or "option" => new LeanLayout(path, "trades"),
            ("quote", true) => new LeanLayout(path, "quotes"),
            ("trade", false) when !isForex => new LeanLayout(path, bars),
            ("quote", false) => new LeanLayout(path, $"{path.Resolution}_quote_bars"),
            _ => Throw.Error<LeanLayout>(
                ErrorCode.NotSupported,
                $"LEAN files of {path.Security} {path.Resolution} {path.Kind} are not read in this version"
            ),
        };
        if (path.Kind == "openinterest")
        {
            layout.Add("open_interest", DataType.BigInt);
        }
        else if (isTick && path.Kind == "trade")
        {
            layout.AddTrade();
        }
        else if (isTick)
        {
            layout.AddQuote(isForex);
        }
        else if (path.Kind == "trade")
        {
            layout.AddPrices(string.Empty);
            layout.Add("volume", layout.Size);
        }
        else
        {
            layout.AddPrices("bid_");
            layout.Add("bid_size", layout.Size);
            layout.AddPrices("ask_");
            layout.Add("ask_size", layout.Size);
        }

        return layout;
    }

    private DataType Size => Path.Security == "crypto" ? DataType.Decimal(18, 8) : DataType.BigInt;

    private void AddTrade()
    {
        Add("price", price);
        Add("size", Size);
        AddConditions();
    }

    private void AddQuote(bool isForex)
    {
        Add("bid", price);
        if (!isForex)
        {
            Add("bid_size", Size);
        }

        Add("ask", price);
        if (!isForex)
        {
            Add("ask_size", Size);
            AddConditions();
        }
    }

    private void AddConditions()
    {
        Add("exchange", DataType.Symbol);
        Add("condition", DataType.Symbol);
        Add("suspicious", DataType.Boolean);
    }

    private void AddPrices(string prefix)
    {
        foreach (var name in (ReadOnlySpan<string>)["open", "high", "low", "close"])
        {
            Add(prefix + name, price);
        }
    }

    private void Add(string name, DataType type) => Add(name, type, FieldCount++, nullable: true);

    private void Add(string name, DataType type, int field, bool nullable)
    {
        columns.Add(new ColumnSchema(name, type, nullable));
        fields.Add(field);
    }
}
