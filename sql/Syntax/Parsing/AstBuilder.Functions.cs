using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <content>Functions that are expressions, and readers whose position is kept.</content>
internal sealed partial class AstBuilder
{
    private Statement Function(G.FunctionStatementContext context)
    {
        switch (context)
        {
            case G.CreateFunctionContext c:
                RefuseBoth(c.REPLACE(), c.IF());
                return new CreateFunctionStatement(
                    Span(c),
                    Name(c.name),
                    c.REPLACE() is not null,
                    c.IF() is not null,
                    Array.ConvertAll(
                        c.functionParameter(),
                        p => new FunctionParameter(Span(p), Name(p.identifier()), Type(p.typeName()))
                    ),
                    Type(c.typeName()),
                    Expr(c.expr())
                );
            case G.DropFunctionContext c:
                return new DropFunctionStatement(Span(c), Name(c.name), c.IF() is not null);
            default:
                throw Unreachable(context);
        }
    }

    private Statement Reader(G.ReaderStatementContext context) =>
        context switch
        {
            G.AcknowledgeContext c => new AcknowledgeStatement(
                Span(c),
                Text(c.reader),
                Point(c, c.INTEGER(), c.PARAMETER())
            ),
            G.DropReaderContext c => new DropReaderStatement(Span(c), Text(c.reader), c.IF() is not null),
            _ => throw Unreachable(context),
        };
}
