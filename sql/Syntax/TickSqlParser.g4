// The statements of the dialect: PostgreSQL's grammar, and the time-series clauses. Precedence of the
// comparison family is settled by one rule per level (logical > isTest > comparison > range > value), so that each
// decision is one or two tokens deep; only `expr` and `value` recurse on the left.
parser grammar TickSqlParser;

options { tokenVocab = TickSqlLexer; superClass = DepthLimitedParser; }

script : statement? (SEMICOLON statement?)* EOF;
singleStatement : SEMICOLON* statement SEMICOLON* EOF;

statement
    : query                                                                             # queryStatement
    | EXPLAIN (ANALYZE | LPAREN ANALYZE RPAREN)? query                                  # explainStatement
    | CREATE TABLE (IF NOT EXISTS)? name=qualifiedName
      LPAREN columnDef (COMMA columnDef)* RPAREN tableClause*                           # createTable
    | DROP TABLE (IF EXISTS)? name=qualifiedName                                        # dropTable
    | CREATE CALENDAR (IF NOT EXISTS)? calendar=identifier TIME ZONE zone=stringLiteral
      (FROM TABLE days=qualifiedName)? calendarSession (COMMA? calendarSession)*
      (OUTSIDE INTO outside=identifier)?                                                # createCalendar
    | DROP CALENDAR (IF EXISTS)? calendar=identifier                                    # dropCalendar
    | INSERT INTO name=qualifiedName columnList? query                                  # insertStatement
    | COPY name=qualifiedName columnList? FROM path=stringLiteral copyOptions?          # copyFrom
    | COPY (name=qualifiedName columnList? | LPAREN query RPAREN)
      TO path=stringLiteral copyOptions?                                                # copyTo
    | viewStatement                                                                     # viewStatements
    | functionStatement                                                                 # functionStatements
    | readerStatement                                                                   # readerStatements
    ;

// ---- functions that are expressions, and readers whose position is kept

functionStatement
    : CREATE (OR REPLACE)? FUNCTION (IF NOT EXISTS)? name=identifier
      LPAREN (functionParameter (COMMA functionParameter)*)? RPAREN RETURNS typeName AS expr  # createFunction
    | DROP FUNCTION (IF EXISTS)? name=identifier                                        # dropFunction
    ;
functionParameter : identifier typeName;
readerStatement
    : ACKNOWLEDGE reader=stringLiteral SEQ (INTEGER | PARAMETER)                        # acknowledge
    | DROP SUBSCRIPTION (IF EXISTS)? reader=stringLiteral                               # dropReader
    ;

// ---- views, alerts and subscriptions

viewStatement
    : viewDefinition                                                                    # defineView
    | EXPLAIN viewDefinition                                                            # explainDefinition
    | EXPLAIN viewKind name=qualifiedName                                               # explainView
    | DROP viewKind (IF EXISTS)? name=qualifiedName                                     # dropView
    | SHOW LINEAGE FOR name=qualifiedName                                               # showLineage
    | SHOW VIEWS                                                                        # showViews
    | WAIT FOR name=qualifiedName SEQ (INTEGER | PARAMETER)                             # waitFor
    | TEST ALERT name=qualifiedName (FROM from=value)? (TO until=value)?                # testAlert
    | SUBSCRIBE TO (LPAREN query RPAREN | name=qualifiedName) subscribeClause*          # subscribe
    ;
viewKind : MATERIALIZED VIEW | INDEX VIEW | ALERT;

viewDefinition
    : CREATE (OR REPLACE)? MATERIALIZED VIEW (IF NOT EXISTS)? name=qualifiedName
      AS query viewClause*                                                              # createView
    | CREATE (OR REPLACE)? INDEX VIEW (IF NOT EXISTS)? name=qualifiedName
      MEMBERS members=qualifiedName WEIGHT weight=identifier
      PRICE (price=identifier)? FROM prices=qualifiedName
      DIVISOR (divisor=identifier FROM)? divisors=qualifiedName viewClause*             # createIndexView
    | CREATE (OR REPLACE)? ALERT (IF NOT EXISTS)? name=qualifiedName
      AS query alertClause*                                                             # createAlert
    ;

viewClause
    : EMIT (ON (CHANGE | WINDOW CLOSE) | EVERY intervalLiteral)                         # emitClause
    | BACKFILL (ALL (NEWEST FIRST)? | NONE | FROM value)                                # backfillClause
    | ON LATE (CORRECT (UNTIL intervalLiteral THEN REJECT)? | REJECT)                   # lateClause
    | WITH LPAREN namedOption (COMMA namedOption)* RPAREN                               # optionsClause
    ;
alertClause
    : KEY columnList                                                                    # alertKey
    | FOR intervalLiteral                                                               # alertFor
    | REARM WHEN expr                                                                   # alertRearm
    | AT MOST INTEGER PER intervalLiteral                                               # alertRate
    | INTO qualifiedName                                                                # alertInto
    | NOTIFY stringLiteral                                                              # alertNotify
    | viewClause                                                                        # alertView
    ;
subscribeClause
    : WITH LPAREN namedOption (COMMA namedOption)* RPAREN                               # subscribeOptions
    | AS OF SEQ (INTEGER | PARAMETER)                                                   # subscribeFrom
    | UP TO SEQ (INTEGER | PARAMETER)                                                   # subscribeUpTo
    | ENVELOPE (UPSERT (LPAREN KEY columnList RPAREN)? | DELTA | FINAL ONLY)            # subscribeEnvelope
    | CONFLATE (BY columnList)? EVERY intervalLiteral                                   # subscribeConflate
    | ON SLOW (BLOCK | CONFLATE | SKIP_ROWS | DISCONNECT)                               # subscribeSlow
    | VISIBILITY DURABLE                                                                # subscribeVisibility
    | DURABLE stringLiteral                                                             # subscribeReader
    ;
namedOption : identifier EQ copyValue;

columnDef : identifier typeName columnConstraint*;
columnConstraint : NOT? NULL;

tableClause
    : EVENT TIME identifier (LATENESS intervalLiteral)?                                 # eventTimeClause
    | RECEIVE TIME identifier                                                           # receiveTimeClause
    | AVAILABLE AT identifier                                                           # availableAtClause
    | CLUSTER BY columnList                                                             # clusterByClause
    | PARTITION BY identifier                                                           # partitionByClause
    ;

calendarSession : SESSION identifier from=stringLiteral MINUS until=stringLiteral (AUCTION | NIGHT)*;

columnList : LPAREN identifier (COMMA identifier)* RPAREN;

copyOptions : WITH? LPAREN copyOption (COMMA copyOption)* RPAREN;
copyOption : (identifier | NULL) copyValue?;
copyValue : stringLiteral | MINUS? number | TRUE | FALSE | ON | identifier;

// ---- queries

query : (WITH cte (COMMA cte)*)? queryBody orderBy? limitClause* asOfSeq?;
cte : identifier columnList? AS LPAREN query RPAREN;

queryBody : queryTerm (setOperator queryTerm)*;
setOperator : (UNION | EXCEPT) (ALL | DISTINCT)?;
queryTerm : queryPrimary (intersectOperator queryPrimary)*;
intersectOperator : INTERSECT (ALL | DISTINCT)?;
queryPrimary
    : select                                                                            # selectPrimary
    | VALUES valuesRow (COMMA valuesRow)*                                               # valuesPrimary
    | LPAREN query RPAREN                                                               # nestedPrimary
    ;
valuesRow : LPAREN expr (COMMA expr)* RPAREN;

select
    : SELECT (ALL | DISTINCT (ON LPAREN distinctOn+=expr (COMMA distinctOn+=expr)* RPAREN)?)?
      selectItem (COMMA selectItem)*
      (FROM tableRef (COMMA tableRef)*)?
      (WHERE where=expr)?
      latestOn?
      sampleBy?
      (GROUP BY groups+=expr (COMMA groups+=expr)*)?
      sampleBy?
      contextBy?
      (HAVING having=expr)?
      (QUALIFY qualify=expr)?
    ;
selectItem : STAR | expr (AS asLabel | bareLabel)?;

latestOn : LATEST ON time=expr PARTITION BY keys+=expr (COMMA keys+=expr)*;

sampleBy : SAMPLE BY bucket=intervalLiteral sampleOption*;
sampleOption
    : ORIGIN value
    | CLOSED (LEFT | RIGHT)
    | LABEL identifier
    | TIME ZONE zone=stringLiteral
    | CALENDAR calendarName (LPAREN placement (COMMA placement)* RPAREN)?
    | MERGE SHORT LAST
    | FILL LPAREN fillValue (COMMA fillValue)* RPAREN (WITHIN SESSION)?
    ;
calendarName : stringLiteral | identifier;
placement : session=identifier INTO target=identifier;
fillValue : identifier | NULL | MINUS? number;

contextBy : CONTEXT BY keys+=expr (COMMA keys+=expr)* orderBy? contextReset?;
contextReset : RESET (ON word=identifier calendar=stringLiteral | word=identifier every=intervalLiteral);

orderBy : ORDER BY sortItem (COMMA sortItem)*;
sortItem : expr (ASC | DESC)? (NULLS (FIRST | LAST))?;
limitClause : LIMIT (ALL | value) | OFFSET value (ROW | ROWS)?;
asOfSeq : AS OF SEQ (INTEGER | PARAMETER);

tableRef : tablePrimary joinTail*;
tablePrimary
    : qualifiedName asOfSeq? (tableAlias asOfSeq?)?                                     # namedTable
    | LPAREN query RPAREN tableAlias?                                                   # derivedTable
    | LPAREN tableRef RPAREN                                                            # nestedTable
    ;
tableAlias : (AS asLabel | bareLabel) columnList?;
joinTail
    : CROSS JOIN tablePrimary                                                           # crossJoin
    | (INNER | LEFT OUTER?)? JOIN tablePrimary joinCondition                            # plainJoin
    | (LEFT? ASOF | ASOF LEFT OUTER?) JOIN tablePrimary asofPart*                       # asofJoin
    | (INNER | LEFT OUTER?)? JOIN tablePrimary lookupPoint joinCondition                # lookupJoin
    | WINDOW JOIN tablePrimary windowKeys? frame windowPrevailing?                      # windowJoin
    ;
joinCondition : ON expr | USING columnList;
lookupPoint : FOR SYSTEM_TIME AS OF value tableAlias?;
windowKeys : ON columnList | ON expr | USING columnList;
windowPrevailing : (INCLUDE | EXCLUDE) PREVAILING;
asofPart
    : ON columnList                                                                     # asofKeys
    | ON expr                                                                           # asofOn
    | USING columnList                                                                  # asofUsing
    | MATCH_CONDITION LPAREN expr RPAREN                                                # asofMatch
    | TOLERANCE value                                                                   # asofTolerance
    | NEAREST                                                                           # asofNearest
    ;

// ---- expressions, loosest first

expr
    : isTest                                                                            # testExpr
    | NOT expr                                                                          # notExpr
    | expr AND expr                                                                     # andExpr
    | expr OR expr                                                                      # orExpr
    ;
isTest : comparison isSuffix*;
isSuffix
    : IS NOT? (NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM comparison)
    | ISNULL
    | NOTNULL
    ;
comparison : range (comparisonOperator range)*;
comparisonOperator : EQ | NEQ | LT | LTE | GT | GTE;
range : value rangeSuffix?;
rangeSuffix
    : NOT? BETWEEN low=value AND high=value                                             # betweenSuffix
    | NOT? IN LPAREN (query | expr (COMMA expr)*) RPAREN                                # inSuffix
    | NOT? (LIKE | ILIKE) pattern=value (ESCAPE escape=value)?                          # likeSuffix
    ;
value
    : primary                                                                           # primaryValue
    | value DOT STAR                                                                    # expandValue
    | value DOT identifier                                                              # fieldValue
    | value CAST_OP typeName                                                            # castValue
    | value LBRACKET expr RBRACKET                                                      # subscriptValue
    | op=(PLUS | MINUS) value                                                           # signValue
    | value AT TIME ZONE value                                                          # zoneValue
    | value op=CARET value                                                              # binaryValue
    | value op=(STAR | SLASH | PERCENT) value                                           # binaryValue
    | value op=(PLUS | MINUS) value                                                     # binaryValue
    | value op=CONCAT value                                                             # binaryValue
    ;

primary
    : literal                                                                           # literalPrimary
    | PARAMETER                                                                         # parameterPrimary
    | CASE (operand=expr)? whenClause+ (ELSE otherwise=expr)? END                       # casePrimary
    | CAST LPAREN expr AS typeName RPAREN                                               # castPrimary
    | ARRAY LBRACKET (expr (COMMA expr)*)? RBRACKET                                     # arrayPrimary
    | EXISTS LPAREN query RPAREN                                                        # existsPrimary
    | EXTRACT LPAREN (identifier | stringLiteral) FROM expr RPAREN                      # extractPrimary
    | SUBSTRING LPAREN args+=expr (FROM args+=expr (FOR args+=expr)? | (COMMA args+=expr)*) RPAREN   # substringPrimary
    | POSITION LPAREN needle=value IN haystack=value RPAREN            # positionPrimary
    | TRIM LPAREN trimTail RPAREN                                                       # trimPrimary
    | LPAREN query RPAREN                                                               # subqueryPrimary
    | LPAREN expr RPAREN                                                                # parenPrimary
    | functionName LPAREN callArguments? RPAREN filterClause? overClause?               # callPrimary
    | identifier                                                                        # columnPrimary
    ;
whenClause : WHEN condition=expr THEN result=expr;
trimTail : side=(BOTH | LEADING | TRAILING)? (FROM text=expr | first=expr (FROM text=expr | COMMA chars=expr)?);

callArguments : STAR | (ALL | DISTINCT)? argument (COMMA argument)*;
argument : (identifier ARROW)? expr;
filterClause : FILTER LPAREN WHERE expr RPAREN;
overClause : OVER LPAREN (PARTITION BY partitions+=expr (COMMA partitions+=expr)*)? orderBy? frame? RPAREN;
frame : unit=(ROWS | RANGE) (start=frameBound | BETWEEN start=frameBound AND finish=frameBound);
frameBound
    : UNBOUNDED (PRECEDING | FOLLOWING)
    | CURRENT ROW
    | value (PRECEDING | FOLLOWING)
    ;

literal
    : number                                                                            # numberLiteral
    | stringLiteral                                                                     # textLiteral
    | (TRUE | FALSE)                                                                    # booleanLiteral
    | NULL                                                                              # nullLiteral
    | (DATE | TIMESTAMP | TIME) stringLiteral                                           # temporalLiteral
    | intervalLiteral                                                                   # spanLiteral
    ;
number : INTEGER | DECIMAL | FLOAT;
stringLiteral : STRING | ESCAPED_STRING;
intervalLiteral : DURATION | INTERVAL (stringLiteral | DURATION | INTEGER identifier);

typeName
    : identifier PRECISION? (LPAREN INTEGER (COMMA INTEGER)* RPAREN)?
      ((WITH | WITHOUT) TIME ZONE)? arrayLength*
    ;
arrayLength : LBRACKET INTEGER? RBRACKET;

// ---- names

qualifiedName : identifier (DOT identifier)*;
identifier : IDENT | QUOTED_IDENT | labelWord | viewWord | callWord | clauseWord;
asLabel : identifier;
bareLabel : IDENT | QUOTED_IDENT | labelWord | viewWord | callWord;
functionName : IDENT | QUOTED_IDENT | labelWord | viewWord | clauseWord | LEFT | RIGHT;

// Words that are names wherever a name may stand.
labelWord
    : ANALYZE | AVAILABLE | BOTH | BY | CLUSTER | COPY | CURRENT | DATE | DOUBLE | DROP | EVENT | EXCLUDE | EXPLAIN
      | FIRST | FOLLOWING | IF | INCLUDE | INSERT | INTERVAL | LAST | LATENESS | LEADING | PARTITION | PRECEDING | PREVAILING
      | RANGE | RECEIVE | AUCTION | MERGE | NIGHT | OUTSIDE | ROW | ROWS | SEQ | SYSTEM_TIME | SESSION | SHORT | TIME | TIMESTAMP
      | TRAILING | UNBOUNDED | UNKNOWN | VALUES | ZONE
    ;
// Words of views, alerts and subscriptions, names elsewhere as well.
viewWord
    : ACKNOWLEDGE | ALERT | BLOCK | CHANGE | CLOSE | CONFLATE | CORRECT | DELTA | DISCONNECT | DIVISOR | DURABLE
      | ENVELOPE | EVERY | FINAL | FUNCTION | INDEX | LATE | LINEAGE | MATERIALIZED | MEMBERS | MOST | NEWEST | NONE
      | ONLY | PER | PRICE | REJECT | REPLACE | RETURNS | SHOW | SKIP_ROWS | SLOW | SUBSCRIBE | SUBSCRIPTION | TEST
      | UNTIL | UP | UPSERT
      | VIEW | VIEWS | VISIBILITY | WAIT | WEIGHT
    ;
// Words that are calls with a grammar of their own before a parenthesis, and names elsewhere.
callWord : EXTRACT | SUBSTRING | POSITION | TRIM | EXISTS;
// Words that are names, but never a label without AS.
clauseWord
    : ASOF | AT | BACKFILL | BETWEEN | CLOSED | ESCAPE | FILTER | ISNULL | KEY | LABEL | MATCH_CONDITION | NEAREST
      | NOTIFY | NOTNULL | NULLS | ORIGIN | OVER | PRECISION | QUALIFY | REARM | RESET | SAMPLE | TOLERANCE | WITHIN
      | WITHOUT | CALENDAR | CONTEXT | EMIT | FETCH | FILL | HORIZON | LATEST | PIVOT | TABLESAMPLE | UNPIVOT | WINDOW
    ;
