namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The names that are visible at a place of a template: those set there, then those around it.</summary>
/// <param name="outer">The scope around this one.</param>
internal sealed class Scope(Scope? outer = null)
{
    private readonly Dictionary<string, object?> _values = [];

    /// <summary>Sets a name here; one of the same name further out is hidden, not changed.</summary>
    public void Set(string name, object? value) => _values[name] = value;

    /// <summary>The value of a name; undefined where there is none.</summary>
    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Around)
        {
            if (scope._values.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return new Undefined($"'{name}' is undefined");
    }

    private Scope? Around => outer;
}
