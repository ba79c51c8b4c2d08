using TickStore.Core;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <content>Functions that statements make.</content>
internal sealed partial class StatementRunner
{
    private StatementResult CreateFunction(CreateFunctionStatement create)
    {
        var name = create.Name.Name;
        if (ExpressionBinder.IsBuiltIn(name))
            throw Error(ErrorCode.AlreadyExists, create.Name, $"there is a function \"{name}\" of the system");
        if (database.FindFunction(name) is not null)
        {
            if (create.IfNotExists)
                return Done("CREATE FUNCTION");
            if (!create.OrReplace)
                throw Error(ErrorCode.AlreadyExists, create.Name, $"function \"{name}\" exists already");
        }

        using (var catalog = new SnapshotCatalog(database, string.Empty))
            ExpressionBinder.Check(new BindingSession(sql, catalog, []), create);
        var text = sql.Substring(create.Span.Start, create.Span.Length);
        Pointing(
            create.Name.Span,
            () =>
            {
                database.CreateFunction(new FunctionDefinition(name, text), create.OrReplace);
                return true;
            }
        );
        return Done("CREATE FUNCTION");
    }

    private StatementResult DropFunction(DropFunctionStatement drop)
    {
        var name = drop.Name.Name;
        if (drop.IfExists && database.FindFunction(name) is null)
            return Done("DROP FUNCTION");
        if (database.FindFunction(name) is null)
        {
            throw Error(
                ErrorCode.UnknownName,
                drop.Name,
                ExpressionBinder.IsBuiltIn(name)
                    ? $"function \"{name}\" belongs to the system"
                    : $"there is no function \"{name}\"{NearestName.Hint(name, database.Functions.Select(f => f.Name))}"
            );
        }

        RefuseWhereCalled(drop.Name);
        Pointing(
            drop.Name.Span,
            () =>
            {
                database.DropFunction(name);
                return true;
            }
        );
        return Done("DROP FUNCTION");
    }

    private void RefuseWhereCalled(Identifier name)
    {
        using var catalog = new SnapshotCatalog(database, string.Empty);
        foreach (var other in database.Functions.Where(f => !IsSame(f.Name, name.Name)))
        {
            var session = new BindingSession(other.Statement, catalog, []);
            try
            {
                ExpressionBinder.Check(session, (CreateFunctionStatement)SqlParser.Parse(other.Statement));
            }
            catch (TickStoreException)
            {
                // One that does not bind any more, as after another that it calls was replaced, still calls what it got to.
            }

            if (session.Functions.Used.Contains(name.Name))
            {
                throw Error(
                    ErrorCode.InvalidArgument,
                    name,
                    $"function \"{name.Name}\" cannot be dropped: function \"{other.Name}\" calls it; drop that one first"
                );
            }
        }
    }
}
