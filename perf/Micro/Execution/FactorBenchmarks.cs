using BenchmarkDotNet.Attributes;
using TickStore.Core;
using TickStore.Execution;
using TickStore.Micro.Data;
using TickStore.Micro.Setup;

namespace TickStore.Micro.Execution;

/// <summary>
/// Every function with state of the registry over 65,536 trades of 2,000 symbols in the order of arrival, a window of 20 rows or of a
/// second where it has one: the states alone, as both forms of CONTEXT BY drive them. Per row.
/// </summary>
[NativeWidth]
[Measures("TickStore.Execution.ContextProgram")]
public class FactorBenchmarks
{
    private const int WindowRows = 20;
    private const int ArgumentsMax = 4;

    private readonly Batch[] batches =
    [
        .. Enumerable
            .Range(0, MarketTable.TableRows / Batch.VectorRows)
            .Select(i => MarketTable.Arrival.View(i * Batch.VectorRows)),
    ];

    private int[] slots = [];
    private ContextProgram? program;

    /// <summary>The function.</summary>
    [ParamsSource(nameof(Names))]
    public string Function { get; set; } = string.Empty;

    /// <summary>What the parameter runs through: all but those that are written in terms of others.</summary>
    public static IEnumerable<string> Names =>
        FunctionRegistry.Stateful.Values.Where(f => f.Expand is null).Select(f => f.Name).Order(StringComparer.Ordinal);

    /// <summary>Finds an overload that takes prices, and a window if it must.</summary>
    [GlobalSetup]
    public void Resolve()
    {
        var function = FunctionRegistry.Stateful[Function];
        ConstantValue?[] parameters =
        [
            null,
            ConstantValue.Of(DataType.Int, WindowRows),
            ConstantValue.Of(Interval.OfNanos(1_000_000_000)),
        ];
        foreach (var parameter in parameters)
        {
            for (var count = 1; count <= ArgumentsMax; count++)
            {
                var types = Enumerable.Repeat((DataType?)DataType.Double, count).ToList();
                var constants = Enumerable.Repeat((ConstantValue?)null, count).ToList();
                if (parameter is not null)
                {
                    types.Add(parameter.Type);
                    constants.Add(parameter);
                }

                if (function.Resolve(types, constants) is { } overload)
                {
                    Make(overload);
                    return;
                }
            }
        }

        throw new InvalidOperationException($"{Function} takes nothing that trades have: add a shape here");
    }

    /// <summary>Gives memory back.</summary>
    [GlobalCleanup]
    public void Dispose() => program!.Dispose();

    /// <summary>Each pass begins anew, as behind a reset.</summary>
    [Benchmark(OperationsPerInvoke = MarketTable.TableRows)]
    public int Update()
    {
        var rowCount = 0;
        for (var slot = 0; slot < program!.SlotCount; slot++)
        {
            program.Reset(slot);
        }

        for (var i = 0; i < batches.Length; i++)
        {
            rowCount += program.Run(batches[i], slots.AsSpan(i * Batch.VectorRows, Batch.VectorRows)).RowCount;
        }

        return rowCount;
    }

    private void Make(StatefulOverload overload)
    {
        var table = MarketTable.Arrival;
        var scan = new ScanNode(
            table,
            new ScanRequest { Columns = [.. Enumerable.Range(0, table.Schema.AllColumns.Count)] }
        );
        BoundExpression[] arguments =
        [
            .. overload.ArgumentTypes.Select(_ => KeyedPlan.ColumnOf(scan, MarketTable.PriceDoubleColumn)),
        ];
        var node = new ContextNode(
            scan,
            [KeyedPlan.ColumnOf(scan, MarketTable.SymbolColumn)],
            null,
            KeyedPlan.ColumnOf(scan, MarketTable.TimeColumn),
            null,
            [new StatefulCall(overload, arguments)],
            ["f"]
        );
        program?.Dispose();
        program = new ContextProgram(node, Build.Context);
        slots = [.. MarketTable.Arrival.Rows[MarketTable.SymbolColumn].Values<int>()];
        program.EnsureSlots(slots.Max() + 1);
    }
}
