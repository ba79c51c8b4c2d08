using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Which partitions are in memory: letting go of the oldest, reading them back, checkpoints.</summary>
internal sealed partial class IncrementalCrossSection
{
    private long evictedThrough = long.MinValue;

    public override void Save(StateWriter writer)
    {
        writer.Write(lastSequence);
        writer.Write(evictedThrough);
        contents.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        lastSequence = reader.Read<long>();
        evictedThrough = reader.Read<long>();
        contents.Load(reader);
        using var snapshot = contents.OpenSnapshot();
        using var rows = snapshot.Open();
        while (rows.Next() is { } batch)
        {
            Remember(batch);
        }
    }

    // Puts rows with their results among those in memory.
    private void Remember(Batch rows)
    {
        contents.Apply(new DeltaBatch(rows));
        var found = Assign(rows);
        for (var row = 0; row < rows.RowCount; row++)
        {
            lists.Link(contents.Numbers[row], found[row]);
        }
    }

    // What a change belongs to, and what it belonged to, must be in memory as it was before the step.
    private void ReadBack(in DeltaBatch delta)
    {
        ReadBack(delta.Rows, delta, ofOld: false);
        if (delta.Old is { } before)
        {
            ReadBack(before, delta, ofOld: true);
        }
    }

    private void ReadBack(Batch rows, in DeltaBatch delta, bool ofOld)
    {
        var times = rows[((ColumnExpression)node.PartitionBy[timeColumn]).Index];
        for (var row = 0; row < rows.RowCount; row++)
        {
            var isThere = ofOld ? delta.HasOld[row] != 0 : !delta.IsDelete(row);
            if (isThere && !times.IsNull(row) && times.Values<long>()[row] <= evictedThrough)
            {
                ReadBack(rows, row);
            }
        }
    }

    private void ReadBack(Batch rows, int row)
    {
        var conditions = new RangeCondition[node.PartitionBy.Count];
        for (var i = 0; i < conditions.Length; i++)
        {
            var column = ((ColumnExpression)node.PartitionBy[i]).Index;
            conditions[i] = RangeCondition.Equal(column, rows[column], row, context.Evaluation.Symbols);
        }

        var schema = partitionView.Schema;
        using var key = Batch.Allocate(schema, 1, context.Pool);
        for (var i = 0; i < conditions.Length; i++)
        {
            VectorCopy.AppendRange(rows[conditions[i].Column], row, 1, key[i]);
        }

        // A partition that is in memory, or was read back for another row of the step, is there already.
        key.SetRowCount(1);
        var isKnown = partitions.Apply(new DeltaBatch(key))[0] != 0;
        if (isKnown)
        {
            return;
        }

        var number = partitions.Numbers[0];
        var part = node.WithInputs(PlanRange.Narrow(node.Inputs[0], conditions));
        using var reader = context.History.Derive(part, lastSequence);
        var count = 0;
        while (reader.Next() is { } batch)
        {
            Remember(batch);
            count += batch.RowCount;
        }

        if (count == 0)
        {
            Forget([number]);
        }
    }

    // Half of the rows go at once, so that looking for the oldest costs little a row in the long run.
    private void LetGo()
    {
        if (timeColumn < 0 || contents.RowCount <= context.RowsKeptMax)
        {
            return;
        }

        var oldest = new List<(long Time, int Partition)>();
        using (var keys = Batch.Allocate(partitionView.Schema, 1, context.Pool))
        {
            for (var partition = 0; partition < partitions.NumberLimit; partition++)
            {
                if (lists.CountOf(partition) > 0)
                {
                    keys.Clear();
                    partitions.AppendRows([partition], keys);
                    if (!keys[timeColumn].IsNull(0))
                    {
                        oldest.Add((keys[timeColumn].Values<long>()[0], partition));
                    }
                }
            }
        }

        oldest.Sort();
        var left = contents.RowCount;
        var gone = new List<int>();
        for (var i = 0; i < oldest.Count && left > context.RowsKeptMax / 2; i++)
        {
            // All partitions of one time go together.
            var time = oldest[i].Time;
            for (; i < oldest.Count && oldest[i].Time == time; i++)
            {
                gone.Add(oldest[i].Partition);
                left -= lists.CountOf(oldest[i].Partition);
            }

            i--;
            evictedThrough = Math.Max(evictedThrough, time);
        }

        members.Clear();
        foreach (var partition in gone)
        {
            lists.Collect(partition, members);
        }

        foreach (var row in members)
        {
            lists.Unlink(row);
        }

        var rows = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members);
        for (var start = 0; start < rows.Length; start += Batch.VectorRows)
        {
            gathered.Clear();
            contents.AppendRows(rows[start..Math.Min(rows.Length, start + Batch.VectorRows)], gathered);
            contents.Apply(new DeltaBatch(gathered) { Ops = AllDeletes(gathered.RowCount) });
        }

        Forget(gone);
    }

    private void Forget(List<int> emptyPartitions)
    {
        if (emptyPartitions.Count == 0)
        {
            return;
        }

        using var keys = Batch.Allocate(partitionView.Schema, emptyPartitions.Count, context.Pool);
        partitions.AppendRows(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(emptyPartitions), keys);
        partitions.Apply(new DeltaBatch(keys) { Ops = AllDeletes(keys.RowCount) });
    }

    private static ReadOnlySpan<DeltaOp> AllDeletes(int count)
    {
        var ops = new DeltaOp[count];
        ops.AsSpan().Fill(DeltaOp.Delete);
        return ops;
    }
}
