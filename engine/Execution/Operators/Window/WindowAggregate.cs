using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// An aggregate over the frames of one window. Frames that only grow are one running state. Frames that slide are
/// recomputed where they are short; else they are kept as two stacks (Hirzel, Schneider and Tangwongsan,
/// "Sliding-window aggregation algorithms", 2017): states of the frame's older rows, each up to a fixed place and made
/// backwards once, and one state of the rows behind that place; a result merges two states. Rows are taken out only of
/// states that undo them to the bit, so a result is the same as from scratch whatever came before it.
/// </summary>
internal sealed class WindowAggregate(
    WindowCall call,
    ColumnVector[] arguments,
    WindowRows window,
    ColumnVector result,
    QueryRun run
)
{
    private const int RecomputeRowsMax = 24;

    public void Compute()
    {
        using var state = call.Aggregate!.CreateState(run.Context);
        if (call.IncludePeers || call.Frame.Start is null)
        {
            ComputeGrowing(state);
        }
        else if (call.Frame.End is null)
        {
            ComputeShrinking(state);
        }
        else if (state.CanRemove)
        {
            ComputeRemoving(state);
        }
        else if (call.Frame.End - call.Frame.Start < RecomputeRowsMax)
        {
            ComputeAnew(state);
        }
        else
        {
            ComputeSliding(state);
        }
    }

    private void ComputeGrowing(AggregateState state)
    {
        var known = 0;
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            if (place.Row == place.Start)
            {
                Restart(state);
                known = place.Start;
            }

            var (_, end) = place.Frame(call);
            if (end > known)
            {
                state.UpdateRun(arguments, known, end - known, 0);
                known = end;
            }

            state.AppendResults(0, 1, result);
        }
    }

    // Both ends of a frame only move forward within a partition.
    private void ComputeRemoving(AggregateState state)
    {
        var (from, to) = (0, 0);
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            var (start, end) = place.Frame(call);
            if (place.Row == place.Start || end <= start || start >= to)
            {
                Restart(state);
                (from, to) = (start, start);
            }

            if (end > to)
            {
                state.UpdateRun(arguments, to, end - to, 0);
                to = end;
            }

            if (start > from)
            {
                state.RemoveRun(arguments, from, start - from, 0);
                from = start;
            }

            state.AppendResults(0, 1, result);
        }
    }

    private void ComputeAnew(AggregateState state)
    {
        for (var place = new WindowPlace(window); place.Next(run); )
        {
            var (start, end) = place.Frame(call);
            Restart(state);
            if (end > start)
            {
                state.UpdateRun(arguments, start, end - start, 0);
            }

            state.AppendResults(0, 1, result);
        }
    }

    // From the partition's end backwards; results are turned round afterwards.
    private void ComputeShrinking(AggregateState state)
    {
        using var backward = ColumnVector.Allocate(result.Type, Batch.VectorRows, run.Pool);
        for (var partition = 0; partition < window.PartitionCount; partition++)
        {
            run.ThrowIfCancelled();
            var start = window.PartitionStarts[partition];
            var end =
                partition + 1 < window.PartitionCount ? window.PartitionStarts[partition + 1] : window.Rows.RowCount;
            var known = end;
            backward.SetRowCount(0);
            Restart(state);
            for (var row = end - 1; row >= start; row--)
            {
                var from = (int)
                    Math.Clamp(row + Math.Clamp(call.Frame.Start!.Value, -int.MaxValue, int.MaxValue), start, end);
                if (from < known)
                {
                    state.UpdateRun(arguments, from, known - from, 0);
                    known = from;
                }

                state.AppendResults(0, 1, backward);
            }

            using var order = new LeasedArray<int>(end - start, run.Pool);
            var rows = order.Span;
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = rows.Length - 1 - i;
            }

            VectorCopy.AppendGather(backward, rows, result);
        }
    }

    private void ComputeSliding(AggregateState younger)
    {
        using var older = call.Aggregate!.CreateState(run.Context);
        using var suffix = call.Aggregate!.CreateState(run.Context);
        int[] target = [0];
        var middle = 0;
        var known = 0;
        var olderStart = 0;
        var pending = 0;
        void Emit()
        {
            // Results of frames with older rows wait in their states, in the order of their rows.
            if (pending > 0)
            {
                older.AppendResults(target[0] - pending + 1, pending, result);
                pending = 0;
            }
        }

        for (var place = new WindowPlace(window); place.Next(run); )
        {
            if (place.Row == place.Start)
            {
                Emit();
                Restart(younger);
                middle = known = place.Start;
            }

            var (start, end) = place.Frame(call);
            if (end <= start)
            {
                Emit();
                Restart(suffix);
                suffix.AppendResults(0, 1, result);
                continue;
            }

            if (start > middle)
            {
                Emit();
                Stack(start, end, older, suffix, target);
                olderStart = start;
                middle = known = end;
                Restart(younger);
            }
            else if (end > known)
            {
                younger.UpdateRun(arguments, known, end - known, 0);
                known = end;
            }

            if (start == middle)
            {
                Emit();
                younger.AppendResults(0, 1, result);
            }
            else
            {
                target[0] = start - olderStart;
                older.Merge(younger, target);
                pending++;
            }
        }

        Emit();
    }

    // Gives each row of [start, end) the state of the rows from it to the end.
    private void Stack(int start, int end, AggregateState older, AggregateState suffix, int[] target)
    {
        older.Reset();
        older.EnsureGroups(end - start);
        Restart(suffix);
        for (var row = end - 1; row >= start; row--)
        {
            suffix.UpdateRun(arguments, row, 1, 0);
            target[0] = row - start;
            older.Merge(suffix, target);
        }
    }

    private static void Restart(AggregateState state)
    {
        state.Reset();
        state.EnsureGroups(1);
    }
}
