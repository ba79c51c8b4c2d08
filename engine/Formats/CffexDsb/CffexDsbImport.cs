using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Futures ticks of WonderTrader's data blocks (<c>cffex-dsb</c>): one stream, <c>ticks</c>, with every field of the
/// record. Numbers stay the doubles that they are in the file, so a price that the exchange did not give keeps its
/// large stand-in value. Time is action date and time on China's clock, made UTC.
/// </summary>
internal sealed class CffexDsbImport : IImportFormat
{
    public string Name => "cffex-dsb";

    public bool Recognizes(string path, ReadOnlySpan<byte> head) => head.StartsWith(DsbFile.Magic);

    public IImportReader Open(ImportRequest request)
    {
        var schema = SchemaExtensions.Declare(request.TableName, DsbTick.Columns);
        return new DsbReader(request, [new ImportStream("ticks", schema)]);
    }
}

/// <summary>Reads one block after the other, record by record.</summary>
internal sealed class DsbReader(ImportRequest request, IReadOnlyList<ImportStream> streams)
    : ImportReader(request, streams)
{
    private byte[] records = [];
    private int nextRecord;
    private int nextFile;
    private long bytesRead;

    public override long BytesRead => bytesRead;

    protected override bool Fill()
    {
        if (nextRecord * DsbTick.SizeInBytes == records.Length)
        {
            if (nextFile == Request.Files.Count)
            {
                return false;
            }

            records = DsbFile.ReadRecords(Request.Files[nextFile]);
            bytesRead += FileStreams.LengthBytes(Request.Files[nextFile]);
            nextRecord = 0;
            nextFile++;
            return true;
        }

        var path = Request.Files[nextFile - 1];
        var batch = BatchOf(0);
        var row = batch.RowCount;
        for (; nextRecord * DsbTick.SizeInBytes < records.Length && row < BatchRows; nextRecord++)
        {
            var tick = DsbFile.Tick(records, nextRecord);
            if (
                TryTime(tick, out var nanos, out var tradingDays)
                && TryIntern(tick.Exchange, out var exchange)
                && TryIntern(tick.Code, out var symbol)
            )
            {
                Append(batch, row++, tick, nanos, tradingDays, exchange, symbol);
            }
            else
            {
                Reject(
                    path,
                    nextRecord + 1,
                    $"date {tick.ActionDate}, time {tick.ActionTime}, trading date {tick.TradingDate} or the code is not valid",
                    records.AsSpan(nextRecord * DsbTick.SizeInBytes, DsbTick.SizeInBytes)
                );
            }
        }

        for (var i = 0; i < batch.ColumnCount; i++)
        {
            batch[i].SetRowCount(row);
        }

        batch.SetRowCount(row);
        return true;
    }

    protected override void DisposeInput() => records = [];

    private static bool TryTime(in DsbTick tick, out long nanos, out int tradingDays)
    {
        nanos = 0;
        return TryDays(tick.TradingDate, out tradingDays)
            && TryDays(tick.ActionDate, out var days)
            && TimeOfDay.TryUnpack(tick.ActionTime, out var nanosOfDay)
            && LocalClock.China.ToUtc((days * Interval.NanosPerDay) + nanosOfDay, out nanos) == TextStatus.Ok;
    }

    // 20210104, in the years that TIMESTAMP holds.
    private static bool TryDays(uint packed, out int days)
    {
        var date = new CivilDate((int)(packed / 10_000), (int)(packed / 100 % 100), (int)(packed % 100));
        var isValid = date.Year is > 1900 and < 2200 && date.IsValid;
        days = isValid ? (int)date.ToDays() : 0;
        return isValid;
    }

    // Names end at the first zero byte, or fill their field.
    private bool TryIntern(ReadOnlySpan<byte> field, out int id)
    {
        var end = field.IndexOf((byte)0);
        var name = end < 0 ? field : field[..end];
        var isValid = name.Length > 0 && System.Text.Unicode.Utf8.IsValid(name);
        id = isValid ? Request.Symbols.Intern(name) : -1;
        return isValid;
    }

    private static void Append(
        Batch batch,
        int row,
        in DsbTick tick,
        long nanos,
        int tradingDays,
        int exchange,
        int symbol
    )
    {
        batch[0].Writable<long>()[row] = nanos;
        batch[1].Writable<int>()[row] = symbol;
        batch[2].Writable<int>()[row] = exchange;
        batch[3].Writable<double>()[row] = tick.Price;
        batch[4].Writable<double>()[row] = tick.Open;
        batch[5].Writable<double>()[row] = tick.High;
        batch[6].Writable<double>()[row] = tick.Low;
        batch[7].Writable<double>()[row] = tick.Settle;
        batch[8].Writable<double>()[row] = tick.UpperLimit;
        batch[9].Writable<double>()[row] = tick.LowerLimit;
        batch[10].Writable<long>()[row] = tick.TotalVolume;
        batch[11].Writable<long>()[row] = tick.Volume;
        batch[12].Writable<double>()[row] = tick.TotalTurnover;
        batch[13].Writable<double>()[row] = tick.Turnover;
        batch[14].Writable<long>()[row] = tick.OpenInterest;
        batch[15].Writable<int>()[row] = tick.OpenInterestChange;
        batch[16].Writable<int>()[row] = tradingDays;
        batch[17].Writable<double>()[row] = tick.PreClose;
        batch[18].Writable<double>()[row] = tick.PreSettle;
        batch[19].Writable<int>()[row] = tick.PreOpenInterest;
        for (var level = 0; level < DsbTick.LevelCount; level++)
        {
            batch[20].Writable<double>(level)[row] = tick.Bid[level];
            batch[21].Writable<double>(level)[row] = tick.Ask[level];
            batch[22].Writable<long>(level)[row] = tick.BidSize[level];
            batch[23].Writable<long>(level)[row] = tick.AskSize[level];
        }
    }
}
