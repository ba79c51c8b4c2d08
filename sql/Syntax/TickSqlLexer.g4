// The words of the dialect. Keywords are case-insensitive; most of them stay usable as names (see `nonReserved` in
// TickSqlParser.g4). Malformed text becomes tokens of its own (UNTERMINATED_*, JUNK_*, UNKNOWN_CHAR), so that the lexer
// never fails and the parser's front door can say what is wrong, and where.
lexer grammar TickSqlLexer;

options { caseInsensitive = true; }

// Reserved: never a name unless quoted.
ALL : 'ALL';
AND : 'AND';
ARRAY : 'ARRAY';
AS : 'AS';
ASC : 'ASC';
CASE : 'CASE';
CAST : 'CAST';
CREATE : 'CREATE';
CROSS : 'CROSS';
DESC : 'DESC';
DISTINCT : 'DISTINCT';
ELSE : 'ELSE';
END : 'END';
EXCEPT : 'EXCEPT';
FALSE : 'FALSE';
FOR : 'FOR';
FROM : 'FROM';
FULL : 'FULL';
GROUP : 'GROUP';
HAVING : 'HAVING';
IN : 'IN';
INNER : 'INNER';
INTERSECT : 'INTERSECT';
INTO : 'INTO';
IS : 'IS';
JOIN : 'JOIN';
LATERAL : 'LATERAL';
LEFT : 'LEFT';
LIKE : 'LIKE';
ILIKE : 'ILIKE';
LIMIT : 'LIMIT';
NATURAL : 'NATURAL';
NOT : 'NOT';
NULL : 'NULL';
OF : 'OF';
OFFSET : 'OFFSET';
ON : 'ON';
OR : 'OR';
ORDER : 'ORDER';
OUTER : 'OUTER';
RIGHT : 'RIGHT';
SELECT : 'SELECT';
TABLE : 'TABLE';
THEN : 'THEN';
TO : 'TO';
TRUE : 'TRUE';
UNION : 'UNION';
USING : 'USING';
WHEN : 'WHEN';
WHERE : 'WHERE';
WITH : 'WITH';

// Not reserved, and also a label without AS.
ANALYZE : 'ANALYZE';
AUCTION : 'AUCTION';
AVAILABLE : 'AVAILABLE';
BOTH : 'BOTH';
BY : 'BY';
CLUSTER : 'CLUSTER';
COPY : 'COPY';
CURRENT : 'CURRENT';
DATE : 'DATE';
DOUBLE : 'DOUBLE';
DROP : 'DROP';
EVENT : 'EVENT';
EXCLUDE : 'EXCLUDE';
EXISTS : 'EXISTS';
EXPLAIN : 'EXPLAIN';
EXTRACT : 'EXTRACT';
FIRST : 'FIRST';
FOLLOWING : 'FOLLOWING';
IF : 'IF';
INCLUDE : 'INCLUDE';
INSERT : 'INSERT';
INTERVAL : 'INTERVAL';
LAST : 'LAST';
LATENESS : 'LATENESS';
LEADING : 'LEADING';
MERGE : 'MERGE';
NIGHT : 'NIGHT';
OUTSIDE : 'OUTSIDE';
PARTITION : 'PARTITION';
POSITION : 'POSITION';
PRECEDING : 'PRECEDING';
PREVAILING : 'PREVAILING';
RANGE : 'RANGE';
RECEIVE : 'RECEIVE';
ROW : 'ROW';
ROWS : 'ROWS';
SEQ : 'SEQ';
SESSION : 'SESSION';
SHORT : 'SHORT';
SUBSTRING : 'SUBSTRING';
SYSTEM_TIME : 'SYSTEM_TIME';
TIME : 'TIME';
TIMESTAMP : 'TIMESTAMP';
TRAILING : 'TRAILING';
TRIM : 'TRIM';
UNBOUNDED : 'UNBOUNDED';
UNKNOWN : 'UNKNOWN';
VALUES : 'VALUES';
ZONE : 'ZONE';

// Words of views, alerts and subscriptions; also labels without AS.
ACKNOWLEDGE : 'ACKNOWLEDGE';
ALERT : 'ALERT';
BLOCK : 'BLOCK';
CHANGE : 'CHANGE';
CLOSE : 'CLOSE';
CONFLATE : 'CONFLATE';
CORRECT : 'CORRECT';
DELTA : 'DELTA';
DISCONNECT : 'DISCONNECT';
DIVISOR : 'DIVISOR';
DURABLE : 'DURABLE';
ENVELOPE : 'ENVELOPE';
EVERY : 'EVERY';
FINAL : 'FINAL';
FUNCTION : 'FUNCTION';
INDEX : 'INDEX';
LATE : 'LATE';
LINEAGE : 'LINEAGE';
MATERIALIZED : 'MATERIALIZED';
MEMBERS : 'MEMBERS';
MOST : 'MOST';
NEWEST : 'NEWEST';
NONE : 'NONE';
ONLY : 'ONLY';
PER : 'PER';
PRICE : 'PRICE';
REJECT : 'REJECT';
REPLACE : 'REPLACE';
RETURNS : 'RETURNS';
SHOW : 'SHOW';
SLOW : 'SLOW';
SUBSCRIBE : 'SUBSCRIBE';
SUBSCRIPTION : 'SUBSCRIPTION';
TEST : 'TEST';
UNTIL : 'UNTIL';
UP : 'UP';
UPSERT : 'UPSERT';
VIEW : 'VIEW';
VIEWS : 'VIEWS';
VISIBILITY : 'VISIBILITY';
WAIT : 'WAIT';
WEIGHT : 'WEIGHT';
SKIP_ROWS : 'SKIP';

// Not reserved, but a label only after AS: each of them may begin a clause right behind a table or an expression.
ASOF : 'ASOF';
AT : 'AT';
BETWEEN : 'BETWEEN';
CLOSED : 'CLOSED';
ESCAPE : 'ESCAPE';
FILTER : 'FILTER';
ISNULL : 'ISNULL';
LABEL : 'LABEL';
MATCH_CONDITION : 'MATCH_CONDITION';
NEAREST : 'NEAREST';
NOTNULL : 'NOTNULL';
NULLS : 'NULLS';
ORIGIN : 'ORIGIN';
OVER : 'OVER';
PRECISION : 'PRECISION';
QUALIFY : 'QUALIFY';
RESET : 'RESET';
SAMPLE : 'SAMPLE';
TOLERANCE : 'TOLERANCE';
WITHIN : 'WITHIN';
WITHOUT : 'WITHOUT';

// Clauses of views and alerts; labels only after AS.
BACKFILL : 'BACKFILL';
KEY : 'KEY';
NOTIFY : 'NOTIFY';
REARM : 'REARM';

// Clauses of later versions. They are names today; as labels they need AS, or an unsupported clause would be read
// as an alias and silently ignored.
CALENDAR : 'CALENDAR';
CONTEXT : 'CONTEXT';
EMIT : 'EMIT';
FETCH : 'FETCH';
FILL : 'FILL';
HORIZON : 'HORIZON';
LATEST : 'LATEST';
PIVOT : 'PIVOT';
TABLESAMPLE : 'TABLESAMPLE';
UNPIVOT : 'UNPIVOT';
WINDOW : 'WINDOW';

LPAREN : '(';
RPAREN : ')';
LBRACKET : '[';
RBRACKET : ']';
COMMA : ',';
SEMICOLON : ';';
DOT : '.';
STAR : '*';
PLUS : '+';
MINUS : '-';
SLASH : '/';
PERCENT : '%';
CARET : '^';
CONCAT : '||';
EQ : '=';
NEQ : '<>' | '!=';
LT : '<';
LTE : '<=';
GT : '>';
GTE : '>=';
CAST_OP : '::';
ARROW : '=>';

PARAMETER : '$' [0-9]+;
INTEGER : DIGITS;
DECIMAL : DIGITS '.' DIGITS? | '.' DIGITS;
FLOAT : (DIGITS ('.' DIGITS?)? | '.' DIGITS) 'E' [+-]? [0-9]+;
DURATION : ([0-9]+ UNIT)+;
JUNK_NUMBER : ([0-9]+ ('.' [0-9]*)? | '.' [0-9]+) [\p{L}_] [\p{L}\p{Nd}_.]*;

STRING : '\'' (~['] | '\'\'')* '\'';
ESCAPED_STRING : 'E' '\'' (~['\\] | '\'\'' | '\\' .)* '\'';
QUOTED_IDENT : '"' (~["] | '""')+ '"';
IDENT : [\p{L}_] [\p{L}\p{M}\p{Nd}_$]*;

LINE_COMMENT : '--' ~[\r\n]* -> channel(HIDDEN);
COMMENT_OPEN : '/*' -> channel(HIDDEN), pushMode(COMMENT);
SPACE : [ \t\r\n\f\u000B\u00A0\u3000\uFEFF]+ -> skip;

UNTERMINATED_STRING : 'E'? '\'' (~['] | '\'\'')*;
UNTERMINATED_IDENT : '"' (~["] | '""')*;
UNKNOWN_CHAR : .;

fragment DIGITS : [0-9]+ ('_' [0-9]+)*;
fragment UNIT : 'NS' | 'US' | 'MS' | 'S' | 'M' | 'H' | 'D' | 'W' | 'MO' | 'Y';

// Block comments nest, as in PostgreSQL. A mode per level keeps the depth on the heap, not on the stack.
mode COMMENT;
NESTED_OPEN : '/*' -> channel(HIDDEN), pushMode(COMMENT);
COMMENT_CLOSE : '*/' -> channel(HIDDEN), popMode;
COMMENT_TEXT : (~[*/]+ | '*' | '/') -> skip;
