using TickStore.Core;

namespace TickStore.Sql.Views;

/// <summary>
/// A view as another view's definition names it: what its rows look like. The rows themselves come from elsewhere, as changes while the
/// view is kept up, and from its own definition where a query runs.
/// </summary>
internal sealed class ViewSource(ViewDefinition definition) : IKeyedSource
{
    public string Name => definition.Name;

    public BatchSchema Schema => definition.Plan.Plan.Schema;

    public int VisibleCount => definition.Plan.VisibleCount;

    public IReadOnlyList<int> KeyColumns => definition.Plan.KeyColumns;

    public int TimeColumn => definition.TimeColumn;

    public long RowCount => 0;

    public IBatchReader Open() =>
        Throw.Error<IBatchReader>(ErrorCode.Internal, $"View {Name} was bound as a name, and is read as rows");
}
