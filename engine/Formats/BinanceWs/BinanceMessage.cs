using System.Text.Json;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// One line of a raw stream, read without allocation. Values are kept as the bytes of the line; which of them are there
/// says what the message is.
/// </summary>
internal ref struct BinanceMessage
{
    /// <summary>Local receive time.</summary>
    public long ReceiveNanos;

    /// <summary><c>e</c>: what happened; absent in spot bookTicker messages.</summary>
    public ReadOnlySpan<byte> Event;

    /// <summary><c>stream</c>, such as <c>btcusdt@bookTicker</c>.</summary>
    public ReadOnlySpan<byte> StreamName;

    public ReadOnlySpan<byte> Symbol;
    public ReadOnlySpan<byte> Price;
    public ReadOnlySpan<byte> Quantity;
    public ReadOnlySpan<byte> Kind;
    public ReadOnlySpan<byte> Bid;
    public ReadOnlySpan<byte> BidSize;
    public ReadOnlySpan<byte> Ask;
    public ReadOnlySpan<byte> AskSize;

    /// <summary><c>E</c> and <c>T</c> in milliseconds, or -1.</summary>
    public long EventMillis;
    public long TransactionMillis;

    public long TradeId;
    public long FirstUpdateId;
    public long LastUpdateId;
    public bool IsSnapshot;
    public bool BuyerIsMaker;

    /// <summary>Where the arrays of levels begin in the JSON, or -1.</summary>
    public int BidsAt;
    public int AsksAt;

    public ReadOnlySpan<byte> Json;

    /// <summary>
    /// Reads a line, and throws <see cref="JsonException"/> or <see cref="FormatException"/> where it is bad.
    /// </summary>
    public static BinanceMessage Read(ReadOnlySpan<byte> line)
    {
        var blank = line.IndexOf((byte)' ');
        var message = new BinanceMessage
        {
            EventMillis = -1,
            TransactionMillis = -1,
            TradeId = -1,
            FirstUpdateId = -1,
            LastUpdateId = -1,
            BidsAt = -1,
            AsksAt = -1,
        };
        if (
            blank < 0
            || NumberText.TryParseInteger(line[..blank], 0, long.MaxValue, out message.ReceiveNanos) != TextStatus.Ok
        )
        {
            throw new FormatException("the line does not begin with a time in nanoseconds and a blank");
        }

        message.Json = line[(blank + 1)..];
        var reader = new Utf8JsonReader(message.Json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                var depth = reader.CurrentDepth;
                reader.Read();
                message.Take(name, ref reader, depth);
            }
        }

        return message;
    }

    private void Take(scoped ReadOnlySpan<byte> name, scoped ref Utf8JsonReader reader, int depth)
    {
        if (name.Length == 1)
        {
            TakeShort((char)name[0], ref reader);
        }
        else if (name.SequenceEqual("stream"u8))
        {
            StreamName = Text(ref reader);
        }
        else if (name.SequenceEqual("lastUpdateId"u8))
        {
            IsSnapshot = true;
            LastUpdateId = reader.GetInt64();
        }
        else if (name.SequenceEqual("bids"u8))
        {
            BidsAt = SkipLevels(ref reader);
        }
        else if (name.SequenceEqual("asks"u8))
        {
            AsksAt = SkipLevels(ref reader);
        }
        else if (!(name.SequenceEqual("data"u8) && depth == 1))
        {
            reader.Skip();
        }
    }

    private void TakeShort(char name, scoped ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case 'e':
                Event = Text(ref reader);
                break;
            case 's':
                Symbol = Text(ref reader);
                break;
            case 'E':
                EventMillis = Millis(ref reader);
                break;
            case 'T':
                TransactionMillis = Millis(ref reader);
                break;
            case 't':
                TradeId = reader.GetInt64();
                break;
            case 'U':
                FirstUpdateId = reader.GetInt64();
                break;
            case 'u':
                LastUpdateId = reader.GetInt64();
                break;
            case 'p':
                Price = Text(ref reader);
                break;
            case 'q':
                Quantity = Text(ref reader);
                break;
            case 'X':
                Kind = Text(ref reader);
                break;
            case 'm':
                BuyerIsMaker = reader.GetBoolean();
                break;
            case 'b' when reader.TokenType == JsonTokenType.StartArray:
                BidsAt = SkipLevels(ref reader);
                break;
            case 'a' when reader.TokenType == JsonTokenType.StartArray:
                AsksAt = SkipLevels(ref reader);
                break;
            case 'b':
                Bid = Text(ref reader);
                break;
            case 'a':
                Ask = Text(ref reader);
                break;
            case 'B':
                BidSize = Text(ref reader);
                break;
            case 'A':
                AskSize = Text(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped
            ? reader.ValueSpan
            : throw new FormatException("a plain text is expected where a name, price or size stands");

    private static long Millis(ref Utf8JsonReader reader)
    {
        var millis = reader.GetInt64();
        return millis is >= 0 and <= 9_000_000_000_000
            ? millis
            : throw new FormatException($"{millis} is not a time in milliseconds since 1970");
    }

    private static int SkipLevels(ref Utf8JsonReader reader)
    {
        var at = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("an array of levels is expected");
        }

        reader.Skip();
        return at;
    }
}
