using System.Globalization;
using System.Numerics;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Reads expressions. From loosest to tightest: <c>if else</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons, <c>+
/// -</c>, <c>~</c>, <c>* / // %</c>, <c>**</c>, sign, filters and tests, attributes, indices and calls.
/// </summary>
/// <param name="tokens">Where the expression begins.</param>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private static readonly string[] _comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>An expression.</summary>
    /// <exception cref="JinjaException">What is written is none.</exception>
    public Expression Parse()
    {
        Nesting.Guard();
        var value = ParseLeft(ParseAnd, "or");
        while (tokens.TakeName("if"))
        {
            var condition = ParseLeft(ParseAnd, "or");
            value = new Expression.Conditional(condition, value, tokens.TakeName("else") ? Parse() : null);
        }

        return value;
    }

    /// <summary>An expression, or several with commas between them: a tuple.</summary>
    public Expression ParseTuple(Func<Expression>? parse = null)
    {
        var first = (parse ?? Parse)();
        if (!tokens.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (tokens.TakeOperator(",") && !IsTupleEnd())
        {
            items.Add((parse ?? Parse)());
        }

        return new Expression.Sequence(items, IsTuple: true);
    }

    /// <summary>An expression that <c>if</c> ends: what a loop goes through, before its condition.</summary>
    public Expression ParseIterable() => ParseTuple(() => ParseLeft(ParseAnd, "or"));

    private bool IsTupleEnd() => tokens.Current.Kind is TokenKind.BlockEnd or TokenKind.OutputEnd || tokens.IsOperator(")");

    private Expression ParseAnd() => ParseLeft(ParseNot, "and");

    private Expression ParseNot()
    {
        Nesting.Guard();
        return tokens.TakeName("not") ? new Expression.Unary("not", ParseNot()) : ParseComparison();
    }

    private Expression ParseComparison()
    {
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (ComparisonOperator() is { } comparison)
        {
            rest.Add((comparison, ParseSum()));
        }

        return rest.Count == 0 ? first : new Expression.Comparison(first, rest);
    }

    private string? ComparisonOperator()
    {
        if (tokens.Current.Kind == TokenKind.Operator && _comparisons.Contains(tokens.Current.Text))
        {
            return tokens.Next().Text;
        }

        if (tokens.TakeName("in"))
        {
            return "in";
        }

        // A `not` after an operand can only be that of `not in`.
        if (tokens.TakeName("not"))
        {
            tokens.ExpectName("in");
            return "not in";
        }

        return null;
    }

    private Expression ParseSum() => ParseLeft(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation() => ParseLeft(ParseProduct, "~");

    private Expression ParseProduct() => ParseLeft(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseLeft(() => ParseUnary(withFilters: true), "**");

    private Expression ParseLeft(Func<Expression> operand, params ReadOnlySpan<string> operators)
    {
        var left = operand();
        while (tokens.Current.Kind is TokenKind.Operator or TokenKind.Name && operators.Contains(tokens.Current.Text))
        {
            left = new Expression.Binary(tokens.Next().Text, left, operand());
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Nesting.Guard();
        var value = tokens.IsOperator("-") || tokens.IsOperator("+")
            ? new Expression.Unary(tokens.Next().Text, ParseUnary(withFilters: false))
            : ParsePrimary();
        value = ParsePostfix(value);
        return withFilters ? ParseFilters(value) : value;
    }

    private Expression ParsePrimary()
    {
        var token = tokens.Next();
        return token.Kind switch
        {
            TokenKind.Name => ParseName(token.Text),
            TokenKind.String => ParseString(token.Text),
            TokenKind.Integer => new Expression.Literal(Whole(token)),
            TokenKind.Float => new Expression.Literal(double.Parse(token.Text, CultureInfo.InvariantCulture)),
            TokenKind.Operator when token.Text == "(" => ParseParentheses(),
            TokenKind.Operator when token.Text == "[" => new Expression.Sequence(ParseList("]", Parse), IsTuple: false),
            TokenKind.Operator when token.Text == "{" => new Expression.Mapping(ParseList("}", ParseEntry)),
            _ => throw new JinjaException(token.Line, token.Text.Length > 0 ? $"'{token.Text}' has no place here" : "an expression is missing"),
        };
    }

    private static Expression ParseName(string name) => name switch
    {
        "true" or "True" => new Expression.Literal(true),
        "false" or "False" => new Expression.Literal(false),
        "none" or "None" => new Expression.Literal(null),
        _ => new Expression.Name(name),
    };

    // Neighbouring literals are one, as in Python.
    private Expression.Literal ParseString(string text)
    {
        while (tokens.Current.Kind == TokenKind.String)
        {
            text += tokens.Next().Text;
        }

        return new Expression.Literal(MarkedText.Trusted(text));
    }

    private static object Whole(Token token)
    {
        var number = BigInteger.Parse(token.Text, CultureInfo.InvariantCulture);
        return number <= long.MaxValue ? (object)(long)number : number;
    }

    private Expression ParseParentheses()
    {
        if (tokens.TakeOperator(")"))
        {
            return new Expression.Sequence([], IsTuple: true);
        }

        var value = ParseTuple();
        tokens.ExpectOperator(")");
        return value;
    }

    private (Expression Key, Expression Value) ParseEntry()
    {
        var key = Parse();
        tokens.ExpectOperator(":");
        return (key, Parse());
    }

    private List<T> ParseList<T>(string end, Func<T> parse)
    {
        var items = new List<T>();
        while (!tokens.TakeOperator(end))
        {
            if (items.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.TakeOperator(end))
                {
                    break;
                }
            }

            items.Add(parse());
        }

        return items;
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            if (tokens.TakeOperator("."))
            {
                var member = tokens.Next();
                value = member.Kind switch
                {
                    TokenKind.Name => new Expression.Attribute(value, member.Text),
                    TokenKind.Integer => new Expression.Item(value, new Expression.Literal(Whole(member))),
                    _ => throw new JinjaException(member.Line, "a name is missing after '.'"),
                };
            }
            else if (tokens.TakeOperator("["))
            {
                value = ParseSubscript(value);
            }
            else if (tokens.TakeOperator("("))
            {
                value = new Expression.Call(value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseSubscript(Expression target)
    {
        var start = tokens.IsOperator(":") ? null : ParseTuple();
        if (start is not null && tokens.TakeOperator("]"))
        {
            return new Expression.Item(target, start);
        }

        tokens.ExpectOperator(":");
        var stop = IsSliceEnd() ? null : Parse();
        var step = tokens.TakeOperator(":") && !IsSliceEnd() ? Parse() : null;
        tokens.ExpectOperator("]");
        return new Expression.Slice(target, start, stop, step);
    }

    private bool IsSliceEnd() => tokens.IsOperator(":") || tokens.IsOperator("]");

    private Expression.CallArguments ParseArguments()
    {
        var named = new List<(string, Expression)>();
        var positional = new List<Expression>();
        ParseList(")", () =>
        {
            var value = Parse();
            if (value is Expression.Name name && tokens.TakeOperator("="))
            {
                named.Add((name.Text, Parse()));
            }
            else
            {
                positional.Add(value);
            }

            return value;
        });
        return new Expression.CallArguments(positional, named);
    }

    private Expression ParseFilters(Expression value)
    {
        while (true)
        {
            if (tokens.TakeOperator("|"))
            {
                var name = tokens.Expect(TokenKind.Name).Text;
                value = new Expression.Filter(value, name, tokens.TakeOperator("(") ? ParseArguments() : Expression.CallArguments.None);
            }
            else if (tokens.TakeName("is"))
            {
                value = ParseTest(value);
            }
            else if (tokens.TakeOperator("("))
            {
                value = new Expression.Call(value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseTest(Expression value)
    {
        var negated = tokens.TakeName("not");
        var name = tokens.Expect(TokenKind.Name).Text;
        var arguments = tokens.TakeOperator("(") ? ParseArguments()
            : BeginsOperand() ? new Expression.CallArguments([ParsePostfix(ParsePrimary())], [])
            : Expression.CallArguments.None;
        var test = new Expression.Test(value, name, arguments);
        return negated ? new Expression.Unary("not", test) : test;
    }

    // The one argument of a test may stand without brackets, as in `is divisibleby 3`.
    private bool BeginsOperand() => tokens.Current.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Name => tokens.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not"),
        _ => tokens.IsOperator("[") || tokens.IsOperator("{"),
    };
}
