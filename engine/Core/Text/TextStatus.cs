namespace TickStore.Core;

/// <summary>How the reading of a text as a value ended.</summary>
public enum TextStatus
{
    /// <summary>The text is a value of the type.</summary>
    Ok,

    /// <summary>The text is not written as values of the type are.</summary>
    Malformed,

    /// <summary>The text is well-formed, and its value does not fit the type.</summary>
    Overflow,
}
