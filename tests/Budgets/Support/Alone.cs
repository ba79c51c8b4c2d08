namespace TickStore.Tests.Budgets;

/// <summary>The one collection of all tests here: allocations of the whole process are counted, so nothing may run beside a test.</summary>
internal static class Alone
{
    public const string Name = "one after the other";
}
