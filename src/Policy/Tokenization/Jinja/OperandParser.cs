using System.Globalization;
using System.Numerics;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Reads the operands of expressions: literals, names and brackets, with the attributes, indices, calls, filters and
/// tests after them.
/// </summary>
/// <param name="tokens">Stands where the operand begins.</param>
/// <param name="expressions">Reads the expressions within brackets.</param>
internal sealed class OperandParser(TokenReader tokens, ExpressionParser expressions)
{
    /// <summary>Reads a literal, a name, or an expression in brackets.</summary>
    /// <exception cref="JinjaException">None of them is there.</exception>
    public Expression ParsePrimary()
    {
        var token = tokens.Next();
        return token.Kind switch
        {
            TokenKind.Name => ParseName(token.Text),
            TokenKind.String => ParseString(token.Text),
            TokenKind.Integer => new Expression.Literal(Whole(token)),
            TokenKind.Float => new Expression.Literal(double.Parse(token.Text, CultureInfo.InvariantCulture)),
            TokenKind.Operator when token.Text == "(" => ParseParentheses(),
            TokenKind.Operator when token.Text == "[" =>
                new Expression.Sequence(ParseList("]", expressions.Parse), IsTuple: false),
            TokenKind.Operator when token.Text == "{" => new Expression.Mapping(ParseList("}", ParseEntry)),
            _ => throw new JinjaException(
                token.Line,
                token.Text.Length > 0 ? $"'{token.Text}' has no place here" : "an expression is missing"),
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

        var value = expressions.ParseTuple();
        tokens.ExpectOperator(")");
        return value;
    }

    private (Expression Key, Expression Value) ParseEntry()
    {
        var key = expressions.Parse();
        tokens.ExpectOperator(":");
        return (key, expressions.Parse());
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

    /// <summary>Reads the attributes, indices and calls after an operand.</summary>
    public Expression ParsePostfix(Expression value)
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
        var start = tokens.IsOperator(":") ? null : expressions.ParseTuple();
        if (start is not null && tokens.TakeOperator("]"))
        {
            return new Expression.Item(target, start);
        }

        tokens.ExpectOperator(":");
        var stop = IsSliceEnd() ? null : expressions.Parse();
        var step = tokens.TakeOperator(":") && !IsSliceEnd() ? expressions.Parse() : null;
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
            var value = expressions.Parse();
            if (value is Expression.Name name && tokens.TakeOperator("="))
            {
                named.Add((name.Text, expressions.Parse()));
            }
            else
            {
                positional.Add(value);
            }

            return value;
        });
        return new Expression.CallArguments(positional, named);
    }

    /// <summary>Reads the filters, tests and calls after an operand.</summary>
    public Expression ParseFilters(Expression value)
    {
        while (true)
        {
            if (tokens.TakeOperator("|"))
            {
                var name = tokens.Expect(TokenKind.Name).Text;
                var arguments = tokens.TakeOperator("(") ? ParseArguments() : Expression.CallArguments.None;
                value = new Expression.Filter(value, name, arguments);
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
