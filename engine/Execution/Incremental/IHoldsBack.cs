namespace TickStore.Execution;

/// <summary>
/// An operator at the end of a circuit that need not say in every step what it has changed: it knows its groups, and remembers which of
/// them changed. So kept contents are written when somebody looks at them, each row once however often it has changed until then.
/// </summary>
/// <remarks>
/// What is held back is what a larger step would have emitted. A step with rows that came late, were corrected or have to be read back
/// holds nothing back, and gives out first whatever was held: corrections are counted, and told, step by step.
/// </remarks>
public interface IHoldsBack
{
    /// <summary>What steps hold back from now on. Set it between two steps, or to hold back more.</summary>
    HoldBack HoldBack { get; set; }

    /// <summary>What the rows are that come out just now.</summary>
    EmissionKind Emits { get; }

    /// <summary>Rows held back whose keys the contents do not have yet.</summary>
    int HeldNewCount { get; }

    /// <summary>Gives out all rows that are held back. Between two steps; O(rows held), some thousands at most.</summary>
    void EmitHeld();
}

/// <summary>What the steps of an operator hold back.</summary>
public enum HoldBack
{
    /// <summary>Nothing: everything comes out in its step.</summary>
    Nothing,

    /// <summary>What the contents need; what changed is told in its step all the same.</summary>
    Contents,

    /// <summary>Everything.</summary>
    Everything,
}

/// <summary>What rows are that an operator emits which may hold them back.</summary>
public enum EmissionKind
{
    /// <summary>Changes for the contents and for those who listen.</summary>
    Change,

    /// <summary>Changes for those who listen: inserts have the cause <see cref="DeltaCause.New"/>, all others are updates.</summary>
    Told,

    /// <summary>Changes of earlier steps, for the contents.</summary>
    Held,
}
