namespace TickStore.Micro.Setup;

/// <summary>
/// Says which types of the engine a benchmark class measures, by full name without type parameters. The check reads
/// it: a kernel class that no benchmark names is an error.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MeasuresAttribute(params string[] types) : Attribute
{
    /// <summary>Full names; nested and generic parts left out.</summary>
    public IReadOnlyList<string> Types { get; } = types;
}
