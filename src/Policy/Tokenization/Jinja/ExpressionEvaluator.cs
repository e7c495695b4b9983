namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// Computes expressions. Values are null, bool, long, double, <see cref="MarkedText"/>, <see cref="JinjaList"/>,
/// <see cref="JinjaMapping"/>, <see cref="JinjaNamespace"/>, <see cref="JinjaFunction"/>, <see cref="LoopState"/> or
/// <see cref="Undefined"/>; a whole number beyond long is a BigInteger.
/// </summary>
internal static class ExpressionEvaluator
{
    /// <summary>The value of an expression.</summary>
    /// <exception cref="JinjaException">An operation does not fit its operands.</exception>
    public static object? Evaluate(Expression expression, Scope scope)
    {
        Nesting.Guard();
        Effort.Spend(Effort.Step);
        var value = Compute(expression, scope);

        // What is done with a value takes as long as it is; texts are copied and searched many characters at a time.
        Effort.Spend(value switch
        {
            MarkedText text => text.Value.Length / Effort.Step,
            JinjaList list => list.Items.Count,
            JinjaMapping mapping => mapping.Count,
            _ => 0,
        });
        return value;
    }

    private static object? Compute(Expression expression, Scope scope)
    {
        object? Value(Expression inner) => Evaluate(inner, scope);

        return expression switch
        {
            Expression.Literal literal => literal.Value,
            Expression.Name name => scope.Get(name.Text),
            Expression.Sequence sequence => new JinjaList([.. sequence.Items.Select(Value)], sequence.IsTuple),
            Expression.Mapping mapping => MappingOf(mapping, scope),
            Expression.Unary unary => Operators.Unary(unary.Operator, Value(unary.Operand)),
            Expression.Binary { Operator: "and" or "or" } either => Either(either, scope),
            Expression.Binary binary => Operators.Binary(binary.Operator, Value(binary.Left), Value(binary.Right)),
            Expression.Comparison comparison => Compare(comparison, scope),
            Expression.Conditional choice when Operators.IsTrue(Value(choice.Condition)) => Value(choice.Then),
            Expression.Conditional { Else: { } otherwise } => Value(otherwise),
            Expression.Conditional => new Undefined("the condition does not hold and there is no else"),
            Expression.Attribute attribute => Members.Attribute(Value(attribute.Target), attribute.Member),
            Expression.Item item => Members.Item(Value(item.Target), Value(item.Key)),
            Expression.Slice slice =>
                Members.Slice(Value(slice.Target), Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step)),
            Expression.Call call => Call(Value(call.Target), ArgumentsOf(call.Arguments, scope)),
            Expression.Filter filter =>
                Filters.Apply(filter.Function, Value(filter.Operand), ArgumentsOf(filter.Arguments, scope)),
            Expression.Test test => Tests.Holds(test.Function, Value(test.Operand), ArgumentsOf(test.Arguments, scope)),
            _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, null),
        };

        long? Bound(Expression? bound) => bound is null ? null : Value(bound) switch
        {
            null => null,
            long number => number,
            var other => throw new JinjaException(
                $"a slice is bounded by whole numbers, not by {Operators.TypeName(other)}"),
        };
    }

    // The operand that decides is the result, as it is.
    private static object? Either(Expression.Binary either, Scope scope)
    {
        var left = Evaluate(either.Left, scope);
        return Operators.IsTrue(left) == (either.Operator == "or") ? left : Evaluate(either.Right, scope);
    }

    private static object? Call(object? target, Arguments arguments) => target switch
    {
        JinjaFunction function => function(arguments),
        Undefined undefined => throw new JinjaException(undefined.Reason),
        _ => throw new JinjaException($"a value of type {Operators.TypeName(target)} cannot be called"),
    };

    private static bool Compare(Expression.Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (sign, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            if (!Operators.Compare(sign, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private static JinjaMapping MappingOf(Expression.Mapping expression, Scope scope)
    {
        var mapping = new JinjaMapping();
        foreach (var (key, value) in expression.Entries)
        {
            mapping[Evaluate(key, scope) ?? throw new JinjaException("none cannot be a key")] = Evaluate(value, scope);
        }

        return mapping;
    }

    private static Arguments ArgumentsOf(Expression.CallArguments arguments, Scope scope)
    {
        if (arguments.Positional.Count + arguments.Named.Count == 0)
        {
            return Arguments.None;
        }

        var named = new Dictionary<string, object?>();
        foreach (var (name, value) in arguments.Named)
        {
            named[name] = Evaluate(value, scope);
        }

        return new Arguments([.. arguments.Positional.Select(value => Evaluate(value, scope))], named);
    }
}
