namespace TickStore.Micro.Setup;

/// <summary>
/// Promises that benchmarks of one category return equal values: a yardstick that computes something else would measure
/// nothing. The check holds a class to it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SameAnswersAttribute : Attribute;
