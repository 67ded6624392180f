using System.ComponentModel.DataAnnotations;

namespace Rally.Bot.Roles;

/// <summary>Settings under <c>Roles</c>.</summary>
internal sealed class RolesOptions : IValidatableObject
{
    /// <summary>How often each server's members are compared with what the bot gave them.</summary>
    public TimeSpan AuditEvery { get; set; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AuditEvery < TimeSpan.FromMinutes(1) || AuditEvery > TimeSpan.FromDays(7))
            yield return new("Roles:AuditEvery must be from a minute to seven days.");
    }
}
