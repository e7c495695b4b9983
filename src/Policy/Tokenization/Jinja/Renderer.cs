namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Carries out statements and collects what they print.</summary>
internal sealed class Renderer
{
    private readonly List<MarkedText> _printed = [];

    /// <summary>Carries out statements; the result is what they print.</summary>
    /// <exception cref="JinjaException">One of them fails; with its line.</exception>
    public static MarkedText Render(IReadOnlyList<Statement> body, Scope scope)
    {
        var renderer = new Renderer();
        renderer.Run(body, scope);
        return MarkedText.Concat(renderer._printed);
    }

    private Flow Run(IReadOnlyList<Statement> body, Scope scope)
    {
        Nesting.Guard();
        foreach (var statement in body)
        {
            try
            {
                if (Run(statement, scope) is not Flow.Next and var jump)
                {
                    return jump;
                }
            }
            catch (JinjaException error) when (error.Line is null)
            {
                throw new JinjaException(statement.Line, error);
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope)
    {
        Effort.Spend(Effort.Step);
        switch (statement)
        {
            case Statement.Data data:
                _printed.Add(data.Text);
                return Flow.Next;
            case Statement.Output output:
                _printed.Add(Printer.Print(ExpressionEvaluator.Evaluate(output.Value, scope)));
                return Flow.Next;
            case Statement.If choice:
                return choice.Branches.FirstOrDefault(branch => Holds(branch.Condition, scope)) is { } chosen
                    ? Run(chosen.Body, scope)
                    : Flow.Next;
            case Statement.For loop:
                return RunLoop(loop, scope);
            case Statement.Set set:
                Assign(set.Targets, ExpressionEvaluator.Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case Statement.SetBlock block:
                Assign([block.Target], Render(block.Body, new Scope(scope)), scope);
                return Flow.Next;
            case Statement.Macro macro:
                scope.Set(macro.Name, (JinjaFunction)(arguments => Call(macro, arguments, scope)));
                return Flow.Next;
            case Statement.Jump jump:
                return jump.Flow;
            case Statement.Group group:
                return Run(group.Body, scope);
            default:
                throw new ArgumentOutOfRangeException(nameof(statement), statement, null);
        }
    }

    private static bool Holds(Expression? condition, Scope scope) =>
        condition is null || Operators.IsTrue(ExpressionEvaluator.Evaluate(condition, scope));

    private Flow RunLoop(Statement.For loop, Scope scope)
    {
        var items = Operators.Iterate(ExpressionEvaluator.Evaluate(loop.Items, scope)).Where(Passes).ToList();
        var state = new LoopState(items);
        for (var i = 0; i < items.Count; i++)
        {
            Effort.Spend(Effort.Step);
            state.Index = i;
            var turn = new Scope(scope);
            turn.Set("loop", state);
            Assign(loop.Targets, items[i], turn);
            if (Run(loop.Body, turn) == Flow.Break)
            {
                break;
            }
        }

        return items.Count == 0 ? Run(loop.Otherwise, scope) : Flow.Next;

        bool Passes(object? item)
        {
            if (loop.Filter is null)
            {
                return true;
            }

            var candidate = new Scope(scope);
            Assign(loop.Targets, item, candidate);
            return Holds(loop.Filter, candidate);
        }
    }

    private static void Assign(IReadOnlyList<Statement.Assignable> targets, object? value, Scope scope)
    {
        if (targets.Count == 1)
        {
            Assign(targets[0], value, scope);
            return;
        }

        var values = Operators.Iterate(value).ToList();
        if (values.Count != targets.Count)
        {
            throw new JinjaException($"{values.Count} values for {targets.Count} names");
        }

        for (var i = 0; i < values.Count; i++)
        {
            Assign(targets[i], values[i], scope);
        }
    }

    private static void Assign(Statement.Assignable target, object? value, Scope scope)
    {
        if (target.Attribute is null)
        {
            scope.Set(target.Name, value);
        }
        else if (scope.Get(target.Name) is JinjaNamespace names)
        {
            names.Attributes[target.Attribute] = value;
        }
        else
        {
            throw new JinjaException($"{target.Name} is no namespace: only attributes of namespaces can be set");
        }
    }

    private static MarkedText Call(Statement.Macro macro, Arguments arguments, Scope scope)
    {
        if (arguments.Positional.Count > macro.Parameters.Count)
        {
            throw new JinjaException(
                $"the macro {macro.Name} takes {macro.Parameters.Count} arguments, not {arguments.Positional.Count}");
        }

        var inner = new Scope(scope);
        for (var i = 0; i < macro.Parameters.Count; i++)
        {
            var (name, otherwise) = macro.Parameters[i];
            if (i < arguments.Positional.Count || arguments.Named.ContainsKey(name))
            {
                inner.Set(name, arguments.Get(i, name));
            }
            else
            {
                inner.Set(name, otherwise is not null
                    ? ExpressionEvaluator.Evaluate(otherwise, inner)
                    : new Undefined($"parameter '{name}' was not provided"));
            }
        }

        return Render(macro.Body, inner);
    }
}
