using TickStore.Core;

namespace TickStore.Execution;

/// <summary>Where changes of a view enter the circuit of another view, with what rows were before.</summary>
internal sealed class IncrementalKeyedScan : IncrementalOperator
{
    public IncrementalKeyedScan(KeyedScanNode node, CircuitContext context)
        : base(node, node.Source.KeyColumns)
    {
        Input = context.IndexOfInput(node.Source.Name);
        CarriesOld = true;
        EmitsKeysOnce = true;
    }

    /// <summary>Index of the view among the circuit's inputs.</summary>
    public int Input { get; }

    /// <summary>Takes changes of the view's contents, all columns, hidden ones included.</summary>
    public override void Push(int input, in DeltaBatch delta) => Emit(delta);
}
