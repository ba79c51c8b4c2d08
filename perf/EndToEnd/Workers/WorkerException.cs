namespace TickStore.EndToEnd.Workers;

/// <summary>A worker crashed, hung, or its engine threw: there is no figure, and the run ends.</summary>
internal sealed class WorkerException(string engine, string command, string what)
    : Exception($"{engine}, {command}: {what}");
