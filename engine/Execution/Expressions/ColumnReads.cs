namespace TickStore.Execution;

/// <summary>Which columns of their input expressions read.</summary>
internal static class ColumnReads
{
    /// <summary>True for each column, of so many, that one of the expressions reads.</summary>
    public static bool[] Of(IEnumerable<BoundExpression> expressions, int columnCount)
    {
        var isRead = new bool[columnCount];
        foreach (var expression in expressions)
        {
            Visit(expression, isRead);
        }

        return isRead;
    }

    private static void Visit(BoundExpression expression, bool[] isRead)
    {
        if (expression is ColumnExpression column)
        {
            isRead[column.Index] = true;
        }

        foreach (var operand in BoundChildren.Of(expression))
        {
            Visit(operand, isRead);
        }
    }
}
