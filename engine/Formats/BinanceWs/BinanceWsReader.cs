using System.Text.Json;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>Reads raw streams line by line into three streams of rows.</summary>
internal sealed class BinanceWsReader : ImportReader
{
    private const long NanosPerMilli = 1_000_000;
    private const int LinesPerFill = 4096;

    private readonly int snapshotKind;
    private readonly int updateKind;
    private readonly int bidSide;
    private readonly int askSide;
    private SymbolParser symbolParser;
    private SymbolParser kindParser;
    private InputFile? input;
    private RawLines? lines;
    private int nextFile;
    private long doneBytes;
    private int lastSymbol = -1;

    public BinanceWsReader(ImportRequest request, IReadOnlyList<ImportStream> streams)
        : base(request, streams)
    {
        snapshotKind = request.Symbols.Intern("snapshot"u8);
        updateKind = request.Symbols.Intern("update"u8);
        bidSide = request.Symbols.Intern("bid"u8);
        askSide = request.Symbols.Intern("ask"u8);
        symbolParser = new(request.Symbols);
        kindParser = new(request.Symbols);
    }

    public override long BytesRead => doneBytes + (input?.BytesRead ?? 0);

    protected override bool Fill()
    {
        if (lines is null)
        {
            return TryOpenNextPart();
        }

        for (var i = 0; i < LinesPerFill; i++)
        {
            if (!lines.TryNext(out var line))
            {
                lines = null;
                break;
            }

            if (line.IsEmpty)
            {
                continue;
            }

            var before = RowCounts();
            try
            {
                Append(BinanceMessage.Read(line));
            }
            catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
            {
                TruncateTo(before);
                Reject(input!.Location, lines.Line, error.Message, line);
            }
        }

        return true;
    }

    protected override void DisposeInput() => input?.Dispose();

    private bool TryOpenNextPart()
    {
        if (input is null)
        {
            if (nextFile == Request.Files.Count)
            {
                return false;
            }

            input = new InputFile(Request.Files[nextFile++]);
        }

        if (input.NextPart())
        {
            lines = new RawLines(input.Part, input.Location);
        }
        else
        {
            doneBytes += input.BytesTotal;
            input.Dispose();
            input = null;
        }

        return true;
    }

    private (int Trades, int Quotes, int Depth) RowCounts() =>
        (
            BatchOf(BinanceWsImport.TradesStream).RowCount,
            BatchOf(BinanceWsImport.QuotesStream).RowCount,
            BatchOf(BinanceWsImport.DepthStream).RowCount
        );

    // Takes back what a bad line appended before it turned out to be bad.
    private void TruncateTo((int Trades, int Quotes, int Depth) counts)
    {
        Finish(BatchOf(BinanceWsImport.TradesStream), counts.Trades);
        Finish(BatchOf(BinanceWsImport.QuotesStream), counts.Quotes);
        Finish(BatchOf(BinanceWsImport.DepthStream), counts.Depth);
    }

    private void Append(scoped in BinanceMessage message)
    {
        if (message.IsSnapshot)
        {
            AppendDepth(message, snapshotKind);
        }
        else if (message.Event.SequenceEqual("depthUpdate"u8))
        {
            AppendDepth(message, updateKind);
        }
        else if (message.Event.SequenceEqual("trade"u8))
        {
            AppendTrade(message);
        }
        else if (message.Event.SequenceEqual("bookTicker"u8) || message.StreamName.EndsWith("@bookTicker"u8))
        {
            AppendQuote(message);
        }
        else
        {
            throw new FormatException(
                $"the message is no trade, bookTicker, depthUpdate or depth snapshot: {ValueText.Quote(message.Json)}"
            );
        }
    }

    private void AppendTrade(scoped in BinanceMessage message)
    {
        var batch = BatchOf(BinanceWsImport.TradesStream);
        var row = batch.RowCount;
        AppendHead(batch, row, message, message.TransactionMillis);
        Need(message.TradeId >= 0, "t (trade id)");
        batch[4].Writable<long>()[row] = message.TradeId;
        batch[5].Writable<long>()[row] = Decimal(message.Price, "p (price)");
        batch[6].Writable<long>()[row] = Decimal(message.Quantity, "q (quantity)");
        batch[7].Writable<byte>()[row] = message.BuyerIsMaker ? (byte)1 : (byte)0;
        if (message.Kind.IsEmpty)
        {
            batch[8].WritableValidity()[row] = 0;
        }
        else
        {
            Need(kindParser.TryParse(message.Kind, out var kind) == TextStatus.Ok, "X (kind)");
            batch[8].Writable<int>()[row] = kind;
            SetValid(batch[8], row);
        }

        Finish(batch, row + 1);
    }

    private void AppendQuote(scoped in BinanceMessage message)
    {
        var batch = BatchOf(BinanceWsImport.QuotesStream);
        var row = batch.RowCount;
        AppendHead(batch, row, message, message.TransactionMillis);
        Need(message.LastUpdateId >= 0, "u (update id)");
        batch[4].Writable<long>()[row] = message.LastUpdateId;
        batch[5].Writable<long>()[row] = Decimal(message.Bid, "b (bid)");
        batch[6].Writable<long>()[row] = Decimal(message.BidSize, "B (bid size)");
        batch[7].Writable<long>()[row] = Decimal(message.Ask, "a (ask)");
        batch[8].Writable<long>()[row] = Decimal(message.AskSize, "A (ask size)");
        Finish(batch, row + 1);
    }

    private void AppendDepth(scoped in BinanceMessage message, int kind)
    {
        Need(message.LastUpdateId >= 0, "u (update id)");
        Need(message.BidsAt >= 0 && message.AsksAt >= 0, "b and a (levels)");
        AppendLevels(message, message.BidsAt, bidSide, kind);
        AppendLevels(message, message.AsksAt, askSide, kind);
    }

    private void AppendLevels(scoped in BinanceMessage message, int at, int side, int kind)
    {
        var batch = BatchOf(BinanceWsImport.DepthStream);
        var reader = new Utf8JsonReader(message.Json[at..]);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var row = batch.RowCount;
            EnsureRoom(batch, row + 1);
            AppendHead(
                batch,
                row,
                message,
                message.TransactionMillis >= 0 ? message.TransactionMillis : message.EventMillis
            );
            batch[4].Writable<long>()[row] = message.FirstUpdateId;
            SetValidity(batch[4], row, message.FirstUpdateId >= 0);
            batch[5].Writable<long>()[row] = message.LastUpdateId;
            batch[6].Writable<int>()[row] = kind;
            batch[7].Writable<int>()[row] = side;
            batch[8].Writable<long>()[row] = NextDecimal(ref reader, "price");
            batch[9].Writable<long>()[row] = NextDecimal(ref reader, "size");
            reader.Read();
            Need(reader.TokenType == JsonTokenType.EndArray, "levels of two texts");
            Finish(batch, row + 1);
        }

        Need(reader.TokenType == JsonTokenType.EndArray, "levels of two texts");
    }

    // Event time, receive time, symbol and exchange time; where the exchange gives no time, the event time is our own.
    private void AppendHead(Batch batch, int row, scoped in BinanceMessage message, long exchangeMillis)
    {
        EnsureRoom(batch, row + 1);
        if (!message.Symbol.IsEmpty)
        {
            Need(symbolParser.TryParse(message.Symbol, out lastSymbol) == TextStatus.Ok, "s (symbol)");
        }

        Need(lastSymbol >= 0, "s (symbol)");
        batch[0].Writable<long>()[row] = exchangeMillis >= 0 ? exchangeMillis * NanosPerMilli : message.ReceiveNanos;
        batch[1].Writable<long>()[row] = message.ReceiveNanos;
        batch[2].Writable<int>()[row] = lastSymbol;
        batch[3].Writable<long>()[row] = message.EventMillis * NanosPerMilli;
        SetValidity(batch[3], row, message.EventMillis >= 0);
    }

    private static void EnsureRoom(Batch batch, int rowCount)
    {
        for (var i = 0; i < batch.ColumnCount; i++)
        {
            batch[i].EnsureCapacity(rowCount);
        }
    }

    private static void Finish(Batch batch, int rowCount)
    {
        for (var i = 0; rowCount != batch.RowCount && i < batch.ColumnCount; i++)
        {
            batch[i].SetRowCount(rowCount);
        }

        batch.SetRowCount(rowCount);
    }

    private static void SetValidity(ColumnVector column, int row, bool isValid)
    {
        if (!isValid || column.MayHaveNulls)
        {
            column.WritableValidity()[row] = isValid ? (byte)1 : (byte)0;
        }
    }

    private static void SetValid(ColumnVector column, int row) => SetValidity(column, row, isValid: true);

    private static long NextDecimal(ref Utf8JsonReader reader, string what)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String
            ? Decimal(reader.ValueSpan, what)
            : throw new FormatException("a level is not two texts, price and size");
    }

    private static long Decimal(ReadOnlySpan<byte> text, string what)
    {
        var status = DecimalText.TryParse(text, 18, 8, out var units);
        return status == TextStatus.Ok
            ? units
            : throw new FormatException($"{what}: {ValueText.Explain(status, text, DataType.Decimal(18, 8))}");
    }

    private static void Need(bool condition, string what)
    {
        if (!condition)
        {
            throw new FormatException($"the message lacks {what}, or it is not valid");
        }
    }
}
